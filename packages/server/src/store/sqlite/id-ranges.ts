/**
 * Growing ids, held as pairs of first and last: `[3, 3, 7, 9]` is 3, 7, 8, 9. A job that is alone costs one pair, one
 * of thousands a pair for each id.
 */
export type IdRanges = readonly number[];

/** Adds an id that is greater than all in there. */
export function appendId(ranges: number[], id: number): void {
  const last = ranges.length - 1;
  if (last > 0 && ranges[last] === id - 1) ranges[last] = id;
  else ranges.push(id, id);
}

/** How many ids there are. */
export function countIds(ranges: IdRanges): number {
  let count = 0;
  for (let at = 0; at < ranges.length; at += 2) count += valueAt(ranges, at + 1) - valueAt(ranges, at) + 1;
  return count;
}

/** Those ids that are left when the first `count` are dropped. */
export function dropIds(ranges: IdRanges, count: number): IdRanges {
  let left = count;
  for (let at = 0; at < ranges.length; at += 2) {
    const first = valueAt(ranges, at);
    const last = valueAt(ranges, at + 1);
    const size = last - first + 1;
    if (left < size) return [first + left, last, ...ranges.slice(at + 2)];
    left -= size;
  }
  return [];
}

/**
 * The ids as bytes: for each range the gap before it, doubled, plus 1 where its size less 2 follows; both as varints.
 * One of 5,000 busy jobs takes 2 bytes an id, a job that is alone a few bytes in all.
 */
export function encodeRanges(ranges: IdRanges): Uint8Array {
  const bytes: number[] = [];
  let end = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    const first = valueAt(ranges, at);
    const last = valueAt(ranges, at + 1);
    const gap = (first - end) * 2;
    if (first === last) pushVarint(bytes, gap);
    else {
      pushVarint(bytes, gap + 1);
      pushVarint(bytes, last - first - 1);
    }
    end = last;
  }
  return new Uint8Array(bytes);
}

/** What {@link encodeRanges} made of the ids. */
export function decodeRanges(bytes: Uint8Array): IdRanges {
  const ranges: number[] = [];
  let at = 0;
  let end = 0;
  const next = () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("expected another byte of an encoded id, got the end");
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const gap = next();
    const first = end + Math.floor(gap / 2);
    end = gap % 2 === 0 ? first : first + next() + 1;
    ranges.push(first, end);
  }
  return ranges;
}

// By division, not by shifts: ids may pass 2^31.
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function valueAt(ranges: IdRanges, at: number): number {
  return ranges[at] as number;
}
