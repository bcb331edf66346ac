import type { DatabaseSync } from "node:sqlite";
import { prepareRow, prepareRows } from "../connection.ts";

/** How entries are put into blocks: so many ids each, those of block 0 from 1 on. */
export interface Blocks {
  readonly size: number;
  blockOf(entryId: number): number;
  /** The ids of some blocks that follow each other. */
  idsOf(first: number, last: number): { readonly from: number; readonly to: number };
}

export function blocksOf(size: number): Blocks {
  return {
    size,
    blockOf: (entryId) => Math.floor((entryId - 1) / size),
    idsOf: (first, last) => ({ from: first * size + 1, to: (last + 1) * size }),
  };
}

/** Stretches of blocks, both ends included. */
export type BlockRuns = readonly { readonly first: number; readonly last: number }[];

/** Where in the order of arrival which times lie: kept in memory, 1,000 entries or so for a few words. */
export interface BlockIndex {
  /** Takes what was committed since. Within a read transaction. */
  refresh(): void;
  /**
   * The blocks that can hold times from `fromMs` on and before `toMs`: those with the newest (or oldest) times first,
   * each with the newest (oldest) time that it can hold.
   */
  visit(
    order: "asc" | "desc",
    fromMs: number,
    toMs: number,
  ): Generator<{ readonly block: number; readonly edgeMs: number }>;
  /** The same blocks in the order of arrival; and only those that lie wholly in it, or only the others. */
  runs(fromMs: number, toMs: number, which?: "whole" | "part"): BlockRuns;
}

interface Block {
  readonly block: number;
  minMs: number;
  maxMs: number;
}

/** An index of nothing yet, of a reading connection. */
export function createBlockIndex(db: DatabaseSync): BlockIndex {
  const selectFirst = prepareRow<[number | null]>(db, "SELECT min(block) FROM blocks");
  const selectFrom = prepareRows<[number, number, number]>(
    db,
    "SELECT block, min_ts_ms, max_ts_ms FROM blocks WHERE block >= ? ORDER BY block",
  );
  let blocks: Block[] = [];
  // The same ones. New ones mostly belong to the end.
  let byMin: Block[] = [];
  let byMax: Block[] = [];

  /** Puts a block where it belongs, looking from the end on. */
  function place(sorted: Block[], block: Block, key: "minMs" | "maxMs"): void {
    let at = sorted.length;
    while (at > 0 && (sorted[at - 1] as Block)[key] > block[key]) at -= 1;
    sorted.splice(at, 0, block);
  }

  function forget(first: number): void {
    const isKept = ({ block }: Block) => block >= first;
    blocks = blocks.filter(isKept);
    byMin = byMin.filter(isKept);
    byMax = byMax.filter(isKept);
  }

  function load(rows: readonly (readonly [number, number, number])[]): void {
    blocks = rows.map(([block, minMs, maxMs]) => ({ block, minMs, maxMs }));
    byMin = blocks.toSorted((a, b) => a.minMs - b.minMs);
    byMax = blocks.toSorted((a, b) => a.maxMs - b.maxMs);
  }

  function add(block: number, minMs: number, maxMs: number): void {
    const known = blocks.at(-1);
    if (known?.block === block) {
      if (known.minMs === minMs && known.maxMs === maxMs) return;
      byMin.splice(byMin.lastIndexOf(known), 1);
      byMax.splice(byMax.lastIndexOf(known), 1);
      blocks.pop();
    }
    const added = { block, minMs, maxMs };
    blocks.push(added);
    place(byMin, added, "minMs");
    place(byMax, added, "maxMs");
  }

  return {
    refresh() {
      const first = selectFirst()?.[0] ?? Number.MAX_SAFE_INTEGER;
      if (blocks.length > 0 && (blocks[0] as Block).block < first) forget(first);
      const rows = selectFrom(blocks.at(-1)?.block ?? 0);
      // Many at once are sorted at once.
      if (blocks.length === 0) load(rows);
      else for (const row of rows) add(...row);
    },
    *visit(order, fromMs, toMs) {
      if (order === "desc") {
        for (let at = byMax.length - 1; at >= 0; at--) {
          const { block, minMs, maxMs } = byMax[at] as Block;
          if (maxMs < fromMs) return;
          if (minMs < toMs) yield { block, edgeMs: maxMs };
        }
      } else {
        for (const { block, minMs, maxMs } of byMin) {
          if (minMs >= toMs) return;
          if (maxMs >= fromMs) yield { block, edgeMs: minMs };
        }
      }
    },
    runs(fromMs, toMs, which) {
      const runs: { first: number; last: number }[] = [];
      for (const { block, minMs, maxMs } of blocks) {
        if (maxMs < fromMs || minMs >= toMs) continue;
        const isWhole = minMs >= fromMs && maxMs < toMs;
        if (which !== undefined && isWhole !== (which === "whole")) continue;
        const run = runs.at(-1);
        if (run?.last === block - 1) run.last = block;
        else runs.push({ first: block, last: block });
      }
      return runs;
    },
  };
}
