import type { Publication } from "../bus/bus.ts";
import { type SharedFrame, sharedFrame, wireOf } from "./shared-frame.ts";

/** Events of one job that happened together, for all who follow it. */
export interface FrameRun {
  readonly publications: readonly Publication[];
  /** One for each of them. */
  readonly frames: readonly SharedFrame[];
  readonly facts: number;
  readonly factBytes: number;
  readonly tickBytes: number;
  /** Where a client has to stand to take all of it as it is; null when it has to be looked at one by one. */
  readonly fits: RunFit | null;
  /** All of it as it goes over a socket, joined or each by itself; built when the first client needs it. */
  joined: SharedFrame | null;
  packed: SharedFrame | null;
}

/** A run without a gap, and without log lines. */
export interface RunFit {
  /** The last fact before it; for a run of ticks the last that any of them stands behind. */
  readonly after: number;
  readonly hasFacts: boolean;
  /** The last fact of it; `after` where it has none. */
  readonly seq: number;
  /** 0 where it has no ticks. */
  readonly firstTick: number;
  readonly lastTick: number;
}

/** A run of what the bus brought. */
export function frameRun(publications: readonly Publication[]): FrameRun {
  const [only] = publications;
  if (only !== undefined && publications.length === 1) return runOfOne(publications, only);
  const frames = publications.map((publication) => sharedFrame(publication.frame()));
  let facts = 0;
  let factBytes = 0;
  let tickBytes = 0;
  for (let index = 0; index < frames.length; index++) {
    const bytes = frames[index]?.text.length ?? 0;
    if (publications[index]?.slot === null) {
      facts += 1;
      factBytes += bytes;
    } else {
      tickBytes += bytes;
    }
  }
  return { publications, frames, facts, factBytes, tickBytes, fits: fitOf(publications), joined: null, packed: null };
}

/** Most runs are one event, and there are very many of them. */
function runOfOne(publications: readonly Publication[], only: Publication): FrameRun {
  const frame = sharedFrame(only.frame());
  const bytes = frame.text.length;
  const isFact = only.slot === null;
  return {
    publications,
    frames: [frame],
    facts: isFact ? 1 : 0,
    factBytes: isFact ? bytes : 0,
    tickBytes: isFact ? 0 : bytes,
    fits: fitOfOne(only),
    joined: null,
    packed: null,
  };
}

/** Names the slot of a tick among those of all jobs; null for a fact. */
export function slotKey({ jobId, slot }: Publication): string | null {
  return slot === null ? null : `${jobId}/${slot}`;
}

/** The frames of a run one after the other, each still by itself, in one piece. */
export function packedOf(run: FrameRun): SharedFrame {
  run.packed ??= { text: "", wire: Buffer.concat(run.frames.map(wireOf)) };
  return run.packed;
}

function fitOfOne({ content, seq, tick }: Publication): RunFit | null {
  if ("log_id" in content) return null;
  if (tick === undefined) return { after: seq - 1, hasFacts: true, seq, firstTick: 0, lastTick: 0 };
  return { after: seq, hasFacts: false, seq, firstTick: tick, lastTick: tick };
}

function fitOf(publications: readonly Publication[]): RunFit | null {
  const firstFact = publications.find(({ tick }) => tick === undefined);
  const after = firstFact === undefined ? Math.max(...publications.map(({ seq }) => seq)) : firstFact.seq - 1;
  let seq = after;
  let firstTick = 0;
  let lastTick = 0;
  for (const publication of publications) {
    if ("log_id" in publication.content) return null;
    const { tick } = publication;
    if (tick === undefined) {
      if (publication.seq !== seq + 1) return null;
      seq += 1;
    } else {
      if (publication.seq > seq || tick <= lastTick) return null;
      firstTick ||= tick;
      lastTick = tick;
    }
  }
  return { after, hasFacts: firstFact !== undefined, seq, firstTick, lastTick };
}
