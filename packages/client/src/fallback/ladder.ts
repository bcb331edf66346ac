/**
 * Which transport carries the frames: the best one that works here, found without being asked.
 *
 *   websocket ──fails 3 times──► event_stream ──fails 3 times──► polling ──fails 3 times──► websocket …
 *       ▲                             │                             │
 *       └──── a probe that lasts ◄────┴─────────────────────────────┘
 */
import type { Clock } from "../clock.ts";
import type { Dial, Link, LinkHandlers } from "../transport.ts";
import { MAX_FAILURES, watchDial } from "../transport-watch.ts";
import { probeTransport } from "./probe.ts";

export interface LadderDeps {
  /** Best first. */
  readonly rungs: readonly Dial[];
  /** The rung to begin on, counted from 0. */
  readonly start: number;
  /** For probes, which come when the token of the dial may be old. */
  readonly token: (() => Promise<string>) | undefined;
  readonly clock: Clock;
}

/** The first probe comes soon: the server may only have been away. Later ones come ever more seldom. */
const FIRST_PROBE_MS = 2_000;
const NEXT_PROBE_MS = 30_000;
const MAX_PROBE_MS = 8 * 60_000;

/** A `Dial` that goes down its rungs when they fail, and up again, without a gap, when a better one works. */
export function createLadder({ rungs, start, token, clock }: LadderDeps): Dial {
  let rung = start % rungs.length;
  let failures = 0;

  function ended(failed: boolean): void {
    failures = failed ? failures + 1 : 0;
    if (failures < MAX_FAILURES) return;
    failures = 0;
    rung = (rung + 1) % rungs.length;
  }

  const watched = rungs.map((dial) => watchDial(dial, clock, ended));
  const dialOf = (index: number) => watched[index] as Dial;

  return (given, handlers) => {
    let cancelProbe = () => {};
    const mine: LinkHandlers = {
      onFrame(frame) {
        if (frame.type === "hello" && rung > 0) probeIn(FIRST_PROBE_MS);
        handlers.onFrame(frame);
      },
      onClosed(code, reason) {
        cancelProbe();
        handlers.onClosed(code, reason);
      },
    };
    let link: Link = dialOf(rung)(given, mine);

    /** Tries the better rungs while this one goes on, best first. */
    function probeIn(delayMs: number): void {
      cancelProbe();
      cancelProbe = clock.after(delayMs * (1 + clock.random()), () => {
        void probe(0, Math.min(Math.max(delayMs * 2, NEXT_PROBE_MS), MAX_PROBE_MS));
      });
    }

    async function probe(index: number, nextMs: number): Promise<void> {
      if (index === rung) return probeIn(nextMs);
      let wanted = true;
      cancelProbe = () => {
        wanted = false;
      };
      const fresh = await token?.().catch(() => null);
      if (!wanted) return;
      cancelProbe = probeTransport(rungs[index] as Dial, fresh ?? null, clock, (takeOver) => {
        if (takeOver === null) return void probe(index + 1, nextMs);
        link.close();
        link = watchDial(takeOver, clock, ended)(null, mine);
        rung = index;
        failures = 0;
      });
    }

    return {
      send: (frame) => link.send(frame),
      close() {
        cancelProbe();
        link.close();
      },
    };
  };
}
