import { execFile, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import type { Line, Network, Party, Place, WhenOver } from "./network.ts";
import { IP } from "./own-namespaces.ts";

/** A network namespace that is joined to the switch. */
interface Site extends Place {
  /** Of its end of the line to the switch. */
  readonly mac: string;
  readonly device: string;
  /** The switch's end of it. */
  readonly port: string;
  /** Runs commands of `ip` there. */
  readonly ip: (commands: readonly string[]) => Promise<void>;
}

/** An end of a line. */
type End = Pick<Site, "host" | "mac" | "device" | "ip">;

/** What is sent from one to the other. */
type Way = readonly [here: End, there: End];

/** Of addresses that are in no real network (RFC 5737), and MACs that no maker gives out. */
const hostOf = (number: number) => `192.0.2.${number}`;
const macOf = (number: number) => `02:00:00:00:02:${number.toString(16).padStart(2, "0")}`;
const BITS = 24;
const HUB = 1;
const FIRST_SITE = 11;
/** What is sent there arrives nowhere. */
const NOBODY = macOf(255);
const FIRST_PORT = 9_001;

/**
 * A network of namespaces: each part has one, with a line to a switch in that of this process, which is one of its own, too
 * (`own-namespaces.ts`). Nothing but what Linux and `ip` bring is needed: no packet filter.
 *
 *   postgres   redis   node-0   node-1 …
 *       └────────┴───┬────┴────────┘
 *                   hub ── clients
 *
 * A frozen line is a wrong MAC in the tables of neighbours at its ends: what is sent leaves, and nobody takes it. A cut one
 * is a route that says `unreachable`. A part that is unplugged has a port at the switch that is down.
 *
 * A namespace lives for as long as a process in it, and a line for as long as the namespaces that it joins. So nothing is
 * left when the processes have ended, whichever way.
 */
export async function openNamespaces(whenOver: WhenOver): Promise<Network> {
  const sites = new Map<Party, Site>();
  const hub: End = {
    ...{ host: hostOf(HUB), mac: macOf(HUB), device: "hub" },
    ip: (commands) => runIp([], commands),
  };
  await hub.ip([
    "link set lo up",
    `link add hub address ${hub.mac} type bridge`,
    `address add ${hub.host}/${BITS} dev hub`,
    "link set hub up",
  ]);

  async function addSite(number: number): Promise<Site> {
    const holder = spawn("unshare", ["--net", "cat"], { stdio: ["pipe", "pipe", "inherit"] });
    // Ends by itself when this process is gone.
    whenOver(async () => void holder.stdin.end());
    holder.stdin.write("there?");
    await once(holder.stdout, "data");
    const [host, mac, port] = [hostOf(number), macOf(number), `port-${number}`];
    const entry = ["nsenter", `--net=/proc/${holder.pid}/ns/net`];
    const site: Site = {
      ...{ host, mac, port, device: "eth0" },
      freePort: countFrom(FIRST_PORT),
      spawn: spawnBy(entry),
      ip: (commands) => runIp(entry, commands),
    };
    await hub.ip([
      `link add ${port} type veth peer name eth0 address ${mac} netns ${holder.pid}`,
      `link set ${port} master hub`,
      `link set ${port} up`,
    ]);
    await site.ip(["link set lo up", `address add ${host}/${BITS} dev eth0`, "link set eth0 up"]);
    return site;
  }

  function siteOf(party: Party): Site {
    const site = sites.get(party);
    if (site === undefined) throw new Error(`expected ${party} to have a place, it has none yet`);
    return site;
  }

  function line(from: Party | "nodes" | "clients", to: Party, port: number): Line {
    const far = siteOf(to);
    /** Each that may be at its beginning. */
    const near = (): readonly End[] => {
      if (from === "clients") return [hub];
      if (from !== "nodes") return [siteOf(from)];
      return [...sites].filter(([party]) => party.startsWith("node-") && party !== to).map(([, site]) => site);
    };
    let mending: (() => Promise<void>)[] = [];
    const answers = (): readonly Way[] => near().map((end) => [far, end]);
    const bothWays = (): readonly Way[] => near().flatMap((end) => [[far, end] as const, [end, far] as const]);

    async function lose(ways: readonly Way[]): Promise<void> {
      mending.push(() => sendTo(ways, ({ mac }) => mac));
      await sendTo(ways, () => NOBODY);
    }
    async function refuse(ways: readonly Way[]): Promise<void> {
      mending.push(() => route(ways, "delete"));
      await route(ways, "add");
    }

    return {
      address: `${far.host}:${port}`,
      cut: () => refuse(bothWays()),
      freeze: () => lose(bothWays()),
      mute: () => lose(answers()),
      async mend() {
        const steps = mending;
        mending = [];
        for (const step of steps) await step();
      },
    };
  }

  return {
    kind: "namespaces",
    async place(party) {
      const site = await addSite(FIRST_SITE + sites.size);
      sites.set(party, site);
      return site;
    },
    line: async (...ends) => line(...ends),
    unplug: (party) => hub.ip([`link set ${siteOf(party).port} down`]),
    plugIn: (party) => hub.ip([`link set ${siteOf(party).port} up`]),
  };
}

async function sendTo(ways: readonly Way[], macOfEnd: (there: End) => string): Promise<void> {
  for (const [here, there] of ways)
    await here.ip([`neigh replace ${there.host} lladdr ${macOfEnd(there)} dev ${here.device} nud permanent`]);
}

async function route(ways: readonly Way[], verb: "add" | "delete"): Promise<void> {
  for (const [here, there] of ways) await here.ip([`route ${verb} unreachable ${there.host}`]);
}

function countFrom(first: number): () => Promise<number> {
  let next = first;
  return async () => next++;
}

/** The program takes the place of `nsenter`, and has its process id. Who may enter is not who is to run it. */
function spawnBy([nsenter = "", ...entry]: readonly string[]): typeof spawn {
  const spawnThere = (program: string, args: readonly string[], { uid, gid, ...options }: SpawnOptions) => {
    const user = uid === undefined ? [] : [`--setuid=${uid}`, `--setgid=${gid ?? uid}`];
    return spawn(nsenter, [...entry, ...user, program, ...args], options);
  };
  return spawnThere as typeof spawn;
}

async function runIp(entry: readonly string[], commands: readonly string[]): Promise<void> {
  const [program = IP, ...args] = [...entry, IP, "-batch", "-"];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = execFile(program, args, (error, _stdout, stderr) => {
    if (error === null) resolve();
    else reject(new Error(`expected ip to do ${JSON.stringify(commands)}, got: ${stderr || error.message}`));
  });
  child.stdin?.end(commands.map((command) => `${command}\n`).join(""));
  await promise;
}
