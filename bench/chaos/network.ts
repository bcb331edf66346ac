import type { spawn } from "node:child_process";

/** A part of a cluster that has a place of its own in the network. */
export type Party = "postgres" | "redis" | `node-${number}`;

/** Where a part runs. */
export interface Place {
  /** Its address, as others reach it. */
  readonly host: string;
  /** A port that nobody listens on there. */
  readonly freePort: () => Promise<number>;
  /** Starts a program there; its arguments are to be given, though there be none. */
  readonly spawn: typeof spawn;
}

/** The way to a port of a part. */
export interface Line {
  /** Where it begins, `HOST:PORT`: who takes it connects to this. */
  readonly address: string;
  /** Lets nothing through, and whoever connects is told so at once. */
  cut(): Promise<void>;
  /** Lets nothing through, and tells nobody. */
  freeze(): Promise<void>;
  /** What is said at its beginning arrives, and no answer comes back; as {@link Line.freeze} where that cannot be had. */
  mute(): Promise<void>;
  /** Lets everything through again. */
  mend(): Promise<void>;
}

/** What joins the parts of a cluster, and can be broken between any two of them. */
export interface Network {
  /**
   * How lines are broken: `namespaces` lose packets between parts that have a network of their own, as switches and cables
   * do; `cables` are proxies on this machine that hand nothing on.
   */
  readonly kind: "namespaces" | "cables";
  place(party: Party): Promise<Place>;
  /** @param from `nodes` are all but the one at its end; `clients` is whatever is no part of the cluster */
  line(from: Party | "nodes" | "clients", to: Party, port: number): Promise<Line>;
  /** Breaks every line that begins or ends there, and tells nobody. */
  unplug(party: Party): Promise<void>;
  plugIn(party: Party): Promise<void>;
}

/** Is given what ends each part; the last one first. */
export type WhenOver = (stop: () => Promise<void>) => void;
