import { spawn } from "node:child_process";

/** Arguments of ffmpeg, each a word. */
export type Command = readonly string[];

/** A word that a shell takes as it is. */
const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** What a plain script does for one clip: everything behind the other, and nothing when something fails. */
function line(commands: readonly Command[]): string {
  return commands.map((words) => words.map(quoted).join(" ")).join(" >/dev/null 2>&1 3>/dev/null && ");
}

/**
 * Runs the commands of each clip as a plain shell script would, so many clips at a time.
 *
 * @throws Error when one of them fails
 */
export async function runScript(clips: readonly (readonly Command[])[], parallel: number): Promise<void> {
  const script = clips.map((commands) => `${line(commands)} >/dev/null 2>&1 3>/dev/null`).join("\0");
  const child = spawn("xargs", ["-0", "-n", "1", "-P", String(parallel), "sh", "-c"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  child.stdin.end(script);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`expected the script to exit with 0, got ${code}`);
}
