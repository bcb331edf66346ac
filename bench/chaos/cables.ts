import { spawn } from "node:child_process";
import { layCable } from "../../tests/fixtures/cable.ts";
import { freePort } from "./free-port.ts";
import type { Line, Network, Party, WhenOver } from "./network.ts";

/** A network of proxies, for systems on which nobody may make another: all parts are on this machine's own address. */
export function layCables(whenOver: WhenOver): Network {
  const lines: { readonly ends: readonly string[]; readonly line: Line }[] = [];
  const linesOf = (party: Party) => lines.filter(({ ends }) => ends.includes(party)).map(({ line }) => line);
  return {
    kind: "cables",
    place: async () => ({ host: "127.0.0.1", freePort, spawn }),
    async line(from, to, port) {
      const cable = await layCable(`http://127.0.0.1:${port}`);
      whenOver(cable.close);
      const line: Line = {
        address: new URL(cable.url).host,
        cut: async () => cable.unplug(),
        freeze: async () => cable.freeze(),
        mute: async () => cable.freeze(),
        mend: async () => cable.plug(),
      };
      lines.push({ ends: [from, to], line });
      return line;
    },
    async unplug(party) {
      await Promise.all(linesOf(party).map((line) => line.freeze()));
    },
    async plugIn(party) {
      await Promise.all(linesOf(party).map((line) => line.mend()));
    },
  };
}
