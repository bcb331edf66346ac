// One set-up at a time: two `npm start` in the same clone must not install over each other.
import fs from "node:fs";
import path from "node:path";

const POLL_MS = 500;
const GIVE_UP_AFTER_MS = 10 * 60_000;

/** Runs `work` while holding `folder` as a lock; a lock whose owner is dead, or older than ten minutes, is taken over. */
export function withLock(folder, say, work) {
  acquire(folder, say);
  try {
    work();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function acquire(folder, say) {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, "pid"), String(process.pid));
      // `fail` ends the process inside the lock: the exit handler gives it back then, too.
      process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!ownerIsAlive(folder) || waitedMs >= GIVE_UP_AFTER_MS) {
      fs.rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (waitedMs === 0) say("another set-up is running in this clone; waiting for it");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

function ownerIsAlive(folder) {
  const pidFile = path.join(folder, "pid");
  // Between mkdir and the write of the pid the owner is alive but not named yet.
  if (!fs.existsSync(pidFile)) return true;
  try {
    process.kill(Number(fs.readFileSync(pidFile, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
