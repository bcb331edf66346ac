// One at a time: two `npm start` in the same clone must not install over each other.
//
// The lock is a file that names its owner: process id and start time (ids are used again, start times are not).
//
//   free ── create the file (fails when it exists) ──> held ── remove ──> free
//                                                       │
//                          owner dead: whoever holds the folder <lock>-takeover removes the file
import { spawnSync } from "node:child_process";
import fs from "node:fs";

const POLL_MS = 100;
const GIVE_UP_AFTER_MS = 15 * 60_000;
/** Between creating the file and writing its name into it, an owner needs far less than this. */
const NAMELESS_MS = 5_000;

/** Runs `work` while holding the lock `file`; waits for a living owner, takes over from a dead one. */
export function withLock(file, { say, fail }, work) {
  const owner = `${process.pid} ${startOf(process.pid)}`;
  acquire(file, owner, { say, fail });
  const release = () => {
    if (readOrNothing(file) === owner) fs.rmSync(file, { force: true });
  };
  // `fail` ends the process inside of the lock: it is given back then, too.
  process.once("exit", release);
  try {
    work();
  } finally {
    release();
  }
}

function acquire(file, owner, { say, fail }) {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      fs.writeFileSync(file, owner, { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!ownerIsAlive(file)) {
      takeOver(file);
      continue;
    }
    if (waitedMs === 0) say("another set-up is running in this clone; waiting for it");
    if (waitedMs >= GIVE_UP_AFTER_MS) {
      fail(
        `the other set-up (process ${readOrNothing(file).split(" ")[0]}) has not finished for ${GIVE_UP_AFTER_MS / 60_000} minutes; end it, then run the command again`,
      );
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

/** Removes a dead owner's lock. One at a time, and only after another look: or it could be a new owner's by now. */
function takeOver(file) {
  const turn = `${file}-takeover`;
  try {
    fs.mkdirSync(turn);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    // Whoever holds the turn needs it for no time at all, unless it was killed.
    if (ageMs(turn) > NAMELESS_MS) fs.rmSync(turn, { recursive: true, force: true });
    return;
  }
  try {
    if (!ownerIsAlive(file)) fs.rmSync(file, { force: true });
  } finally {
    fs.rmSync(turn, { recursive: true, force: true });
  }
}

function ownerIsAlive(file) {
  const owner = readOrNothing(file);
  if (owner === "") return ageMs(file) < NAMELESS_MS;
  const separator = owner.indexOf(" ");
  const pid = Number(owner.slice(0, separator));
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  return startOf(pid) === owner.slice(separator + 1);
}

/** When a process was started, in whatever unit the system tells it; "" where it does not. */
function startOf(pid) {
  if (process.platform === "win32") return "";
  if (process.platform !== "linux")
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
  const stat = readOrNothing(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may hold anything; the 22nd is the start.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function readOrNothing(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

/** Infinite when it is gone, which means: look again. */
function ageMs(file) {
  const modifiedMs = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modifiedMs === undefined ? Number.POSITIVE_INFINITY : Date.now() - modifiedMs;
}
