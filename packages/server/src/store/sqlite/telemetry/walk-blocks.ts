import type { TimeRange } from "@playhead/core";
import type { EntriesQuery, EntryCursor } from "../../telemetry-store.ts";
import type { BlockIndex, BlockRuns, Blocks } from "./blocks.ts";

/** A place in the order of time; and what stands there, once it was read. */
export interface Candidate<Row> {
  readonly tsMs: number;
  readonly id: number;
  row?: Row;
}

/** A page in the order of time, and how to look for what belongs on it. */
export interface Walk<Row> extends Pick<EntriesQuery, "order" | "limit" | "after"> {
  readonly range: TimeRange;
  /** What is known beforehand. */
  readonly known: readonly Candidate<Row>[];
  /** What may be wanted among some ids, in any order; only of this range. */
  look(ids: { readonly from: number; readonly to: number }, fromMs: number, toMs: number): Candidate<Row>[];
  /** Reads a candidate that came without its row; null where it is not wanted after all. */
  read(id: number): Row | null;
}

/** Each step looks into at most so many times as many blocks as the one before. */
const GROWTH = 4;
/** Blocks between others are looked into along with them where there are no more than this. */
const MAX_GAP = 16;

/**
 * Finds a page by looking into blocks in the order of the times that they can hold, until no other block can have
 * anything that belongs on it.
 */
export function walkByTime<Row>(
  index: BlockIndex,
  { size, idsOf }: Blocks,
  { order, limit, after, range, known, look, read }: Walk<Row>,
): { readonly rows: readonly Row[]; readonly next: EntryCursor | null } {
  const isDown = order === "desc";
  const compare = (a: Candidate<Row>, b: Candidate<Row>) =>
    isDown ? b.tsMs - a.tsMs || b.id - a.id : a.tsMs - b.tsMs || a.id - b.id;
  const start = after && { tsMs: after.tsMs, id: after.entryId };
  const isAfterStart = (candidate: Candidate<Row>) => start === undefined || compare(start, candidate) < 0;
  let { fromMs, toMs } = range;
  if (start !== undefined && isDown) toMs = Math.min(toMs, start.tsMs + 1);
  if (start !== undefined && !isDown) fromMs = Math.max(fromMs, start.tsMs);

  /** In order; all that has been looked at and may be on the page, one more than fits. */
  let page: Candidate<Row>[] = [];
  const isFull = () => page.length > limit;

  function take(candidates: readonly Candidate<Row>[]): void {
    const all = [...page, ...candidates].filter(isAfterStart).sort(compare);
    page = [];
    for (const candidate of all) {
      if (candidate.row === undefined) {
        const row = read(candidate.id);
        if (row === null) continue;
        candidate.row = row;
      }
      page.push(candidate);
      if (isFull()) break;
    }
  }

  const seen = new Set<number>();
  let step: number[] = [];

  function lookIntoStep(): void {
    const candidates: Candidate<Row>[] = [];
    for (const { first, last } of runsOf(step, seen)) {
      for (const candidate of look(idsOf(first, last), fromMs, toMs)) candidates.push(candidate);
    }
    take(candidates);
    step = [];
  }

  /** As many blocks as should fill the page, going by those seen; of a full page the next one, which may reach into it. */
  function nextSize(before: number): number {
    if (isFull()) return 1;
    const needed = (limit + 1 - page.length) / (page.length / seen.size);
    return Math.max(1, Math.ceil(Math.min(needed, before * GROWTH)));
  }

  take(known);
  let stepSize = Math.ceil((limit + 1) / size);
  for (const { block, edgeMs } of index.visit(order, fromMs, toMs)) {
    const worst = isFull() ? (page.at(-1) as Candidate<Row>).tsMs : null;
    // What follows can hold nothing better.
    if (worst !== null && (isDown ? edgeMs < worst : edgeMs > worst)) break;
    if (seen.has(block)) continue;
    step.push(block);
    if (step.length < stepSize) continue;
    // Nothing worse than what is there is of use.
    if (worst !== null && isDown) fromMs = Math.max(fromMs, worst);
    if (worst !== null && !isDown) toMs = Math.min(toMs, worst + 1);
    lookIntoStep();
    stepSize = nextSize(stepSize);
  }
  if (step.length > 0) lookIntoStep();

  const rows = page.slice(0, limit).map(({ row }) => row as Row);
  const end = page[limit - 1];
  return { rows, next: isFull() && end !== undefined ? { tsMs: end.tsMs, entryId: end.id } : null };
}

/** Puts blocks together that lie near each other, and notes them and what lies between as seen. */
function runsOf(blocks: readonly number[], seen: Set<number>): BlockRuns {
  const runs: { first: number; last: number }[] = [];
  for (const block of blocks.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && block - run.last <= MAX_GAP && !hasSeen(seen, run.last + 1, block)) run.last = block;
    else runs.push({ first: block, last: block });
  }
  for (const { first, last } of runs) for (let block = first; block <= last; block++) seen.add(block);
  return runs;
}

function hasSeen(seen: ReadonlySet<number>, from: number, to: number): boolean {
  for (let block = from; block < to; block++) if (seen.has(block)) return true;
  return false;
}
