/** Damages as disks, copies and power failures leave them: for the tests of what is done about them. */
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";

export const PAGE_BYTES = 4_096;

/** Numbers that look random, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What was done to a file. */
export interface Damage {
  readonly what: string;
  readonly kind: "flipped" | "cut" | "overwritten";
  /** How many pages it can have reached. */
  readonly pages: number;
}

/** One random damage of a database or its log. @returns what was done */
export function damageDatabase(database: string, random: () => number): Damage {
  const names = [database, database, `${database}-wal`];
  const there = names.filter((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0);
  const file = there[Math.floor(random() * there.length)] as string;
  const name = path.basename(file);
  const size = statSync(file).size;
  const bytes = readFileSync(file);
  const kind = Math.floor(random() * 4);
  if (kind === 0) {
    const flips = 1 + Math.floor(random() * 8);
    for (let flip = 0; flip < flips; flip++) {
      const place = Math.floor(random() * size);
      bytes[place] = (bytes[place] as number) ^ (1 << Math.floor(random() * 8));
    }
    writeFileSync(file, bytes);
    return { what: `${flips} flipped bits in ${name}`, kind: "flipped", pages: flips };
  }
  if (kind === 1) {
    const kept = Math.floor(random() * size);
    truncateSync(file, kept);
    return { what: `${name} cut at ${kept} of ${size}`, kind: "cut", pages: Math.ceil((size - kept) / PAGE_BYTES) };
  }
  const pages = 1 + Math.floor(random() * 4);
  const from = Math.floor((random() * size) / PAGE_BYTES) * PAGE_BYTES;
  const garbage = Buffer.from(
    Array.from({ length: pages * PAGE_BYTES }, () => (kind === 2 ? 0 : Math.floor(random() * 256))),
  );
  garbage.copy(bytes, from);
  writeFileSync(file, bytes);
  return {
    what: `${pages} pages of ${name} from ${from / PAGE_BYTES} on ${kind === 2 ? "zeroed" : "overwritten"}`,
    kind: "overwritten",
    pages: pages + 1,
  };
}
