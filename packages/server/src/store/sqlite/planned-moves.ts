import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { isJsonObject } from "@playhead/core";

/** Something of the data folder that gets another name; both paths are relative to the folder. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Is there from before the first of several moves until after the last. */
const PLAN_NAME = "unfinished-moves.json";

/**
 * Gives files of a data folder other names, all of them or none: what is planned is on the disk before it begins, and
 * {@link finishMoves} ends what an interruption left. Whoever calls it holds the folder's lock.
 */
export function performMoves(folder: string, moves: readonly Move[]): void {
  const plan = path.join(folder, PLAN_NAME);
  writeDurably(`${plan}.new`, JSON.stringify({ moves }));
  renameSync(`${plan}.new`, plan);
  syncPath(folder);
  carryOut(folder, moves);
}

/** Ends what an interrupted {@link performMoves} had begun. @returns whether there was anything */
export function finishMoves(folder: string): boolean {
  const plan = path.join(folder, PLAN_NAME);
  if (!existsSync(plan)) return false;
  carryOut(folder, parsePlan(readFileSync(plan, "utf8")));
  return true;
}

function carryOut(folder: string, moves: readonly Move[]): void {
  const touched = new Set<string>();
  for (const { from, to } of moves) {
    const target = path.join(folder, to);
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    touched.add(path.dirname(target));
    // What has been moved already may have got a successor by now.
    if (existsSync(target) || !existsSync(path.join(folder, from))) continue;
    renameSync(path.join(folder, from), target);
  }
  for (const each of touched) syncPath(each);
  syncPath(folder);
  rmSync(path.join(folder, PLAN_NAME), { force: true });
}

/** Removes a folder from which moves were made, unless they are still to be made. */
export function removeWorkFolder(folder: string, name: string): void {
  if (!existsSync(path.join(folder, PLAN_NAME))) rmSync(path.join(folder, name), { recursive: true, force: true });
}

function parsePlan(text: string): readonly Move[] {
  const plan: unknown = JSON.parse(text);
  return isJsonObject(plan) && Array.isArray(plan.moves) ? (plan.moves as unknown as readonly Move[]) : [];
}

function writeDurably(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600, flush: true });
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function syncPath(file: string): void {
  const descriptor = openSync(file, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
