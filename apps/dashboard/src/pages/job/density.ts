import type { Span } from "./span.ts";
import type { Timescale } from "./timescale.ts";
import type { Segment } from "./tracks.ts";

/** What is drawn of a track as one: a segment, or neighbours that are too narrow to be told apart. */
export interface Block {
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
  /** The longest of its segments, which lends it its looks, and its place among them. */
  readonly segment: Segment;
  readonly index: number;
  /** The places of the first and the last of its segments. */
  readonly from: number;
  readonly to: number;
}

/** Narrower than this a segment is drawn together with its neighbours. */
const LEAST_PX = 2;

/** The segments that are to be seen, those that are too narrow joined: however many there are, there are few blocks. */
export function blocksOf(segments: readonly Segment[], scale: Timescale, widthPx: number): readonly Block[] {
  const leastMs = ((scale.endMs - scale.startMs) * LEAST_PX) / Math.max(1, widthPx);
  const blocks: Block[] = [];
  const lengthOf = ({ startMs, endMs }: Pick<Segment, "startMs" | "endMs">) => (endMs ?? Number.MAX_VALUE) - startMs;
  segments.forEach((segment, index) => {
    const { startMs, endMs } = segment;
    if (startMs > scale.endMs || (endMs !== null && endMs < scale.startMs)) return;
    const before = blocks.at(-1);
    // What is narrow joins what is before it, and what comes joins what is still narrow.
    const joins =
      before !== undefined && before.endMs !== null && Math.min(lengthOf(before), lengthOf(segment)) < leastMs;
    if (!joins) {
      blocks.push({ startMs, endMs, segment, index, from: index, to: index });
      return;
    }
    const isLonger = lengthOf(segment) > lengthOf(before.segment);
    blocks[blocks.length - 1] = {
      startMs: before.startMs,
      endMs,
      segment: isLonger ? segment : before.segment,
      index: isLonger ? index : before.index,
      from: before.from,
      to: index,
    };
  });
  return blocks;
}

/** How many of the spans were under way in each of so many equal parts of the scale, on average. */
export function densityOf(
  spans: readonly Span[],
  { startMs, endMs }: Timescale,
  parts: number,
  nowMs: number,
): readonly number[] {
  const partMs = (endMs - startMs) / parts;
  const density = new Array<number>(parts).fill(0);
  for (const span of spans) {
    const from = (Math.max(span.startMs, startMs) - startMs) / partMs;
    const to = (Math.min(span.endMs ?? nowMs, endMs) - startMs) / partMs;
    if (to <= from) continue;
    for (let part = Math.floor(from); part < to && part < parts; part += 1) {
      density[part] = (density[part] as number) + Math.min(to, part + 1) - Math.max(from, part);
    }
  }
  return density;
}
