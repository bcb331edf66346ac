import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CONDITIONS } from "./report.ts";

/** Starts a file of this folder in a Node of its own; it answers in lines of JSON, and ends when its input does. */
export function startFile(file: string, settings: object, nodeFlags: readonly string[] = []) {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const args = [...CONDITIONS, ...nodeFlags, script, JSON.stringify(settings)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async answer<Answer>(): Promise<Answer> {
      const { value, done } = await lines.next();
      if (done) throw new Error(`expected a line from ${file}, but it ended`);
      return JSON.parse(value) as Answer;
    },
    /** Asks for the next answer. */
    say(word: string): void {
      child.stdin.write(`${word}\n`);
    },
    async end(): Promise<void> {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}
