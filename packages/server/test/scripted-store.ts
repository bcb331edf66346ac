import { setImmediate as nextTurn } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import type { CommitGroup, Store } from "../src/store/store.ts";

/** A store at its seam: stores groups in the order of the calls, and refuses those that the script says. */
export interface ScriptedStore extends Pick<Store, "commit"> {
  /** What is stored, in order. */
  readonly groups: readonly CommitGroup[];
  /** Commits that were asked for, those that were refused included. */
  readonly calls: () => number;
  /** From now on commits wait, until the returned function is called. */
  hold(): () => void;
}

/**
 * @param refuses says of the n-th group that is tried (from 0) whether the medium refuses it; all that were called after
 * it, and before the caller could know, are refused with it, as the interface says
 */
export function createScriptedStore(refuses: (attempt: number) => boolean = () => false): ScriptedStore {
  const groups: CommitGroup[] = [];
  let attempts = 0;
  let calls = 0;
  let turn = 1;
  let refusedTurn = 0;
  let work: Promise<unknown> = Promise.resolve();
  let gate: Promise<void> = Promise.resolve();

  async function store(group: CommitGroup, ownTurn: number): Promise<void> {
    await gate;
    // As far away as another thread: others are called before the answer is there.
    await nextTurn();
    if (ownTurn <= refusedTurn)
      throw new PlayheadError("service_unavailable", "a group before this one was not stored");
    if (refuses(attempts++)) {
      refusedTurn = ownTurn;
      throw new PlayheadError("disk_full", "the disk is full");
    }
    groups.push(group);
  }

  return {
    groups,
    calls: () => calls,
    async commit(group) {
      calls += 1;
      const ownTurn = turn;
      const mine = work.then(() => store(group, ownTurn));
      work = mine.catch(() => undefined);
      try {
        await mine;
      } catch (error) {
        await nextTurn();
        if (turn === ownTurn) turn += 1;
        throw error;
      }
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}
