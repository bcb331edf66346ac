import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFailed, onTestFinished } from "vitest";

/** How a process ended, and what it said. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** A `playhead` in a process of its own. */
export interface PlayheadProcess {
  /** Waits for a line of stdout that matches, also among those that came already. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<ProcessEnd>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const MAIN = join(import.meta.dirname, "..", "src", "main.ts");
const LIMIT_MS = 110_000;
/** What would change how a command behaves here. */
const STEERING = /^(PLAYHEAD_|WEBSOCKET_PORT$|FFMPEG_PATH$|NO_COLOR$|FORCE_COLOR$|CI$|NODE_(?!COMPILE_CACHE$)|VITEST)/;

/** Starts `playhead` from its sources, and ends it with the test. */
export function startPlayhead(args: readonly string[], { cwd, environment }: StartOptions = {}): PlayheadProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !STEERING.test(name)));
  const child = spawn(process.execPath, ["--conditions=playhead-src", MAIN, ...args], {
    cwd,
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const waiting = new Set<() => void>();
  const isRead = [
    { stream: child.stdout, lines: stdout },
    { stream: child.stderr, lines: stderr },
  ].map(async ({ stream, lines }) => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      for (const look of [...waiting]) look();
    }
  });
  const { promise: closed, resolve } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  const ended = Promise.all([closed, ...isRead]).then(([code]) => ({ code, stdout, stderr }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  onTestFailed(() => console.error(`playhead ${args.join(" ")}${told()}`));
  const told = () => `\nstdout:\n${stdout.join("\n")}\nstderr:\n${stderr.join("\n")}`;

  return {
    ended,
    signal: (name) => void child.kill(name),
    line(pattern) {
      const found = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        for (const line of stdout) {
          const match = pattern.exec(line);
          if (match !== null) found.resolve(match);
        }
      };
      const timer = setTimeout(
        () => found.reject(new Error(`no line like ${pattern} within ${LIMIT_MS / 1_000} s${told()}`)),
        LIMIT_MS,
      );
      void ended.then(() => {
        look();
        found.reject(new Error(`it ended without a line like ${pattern}${told()}`));
      });
      waiting.add(look);
      look();
      return found.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
  };
}

/** Runs `playhead` to its end. */
export function playhead(args: readonly string[], options: StartOptions = {}): Promise<ProcessEnd> {
  return startPlayhead(args, options).ended;
}

/** A folder for one test, with a name that no shell and no regular expression likes; removed with the test. */
export function oddFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'playhead cli — it\'s "ödd" $HOME '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server of a folder, once it listens. */
export async function startServer(data: string, args: readonly string[] = []) {
  const server = startPlayhead(["serve", "--port", "0", "--data", data, "--json", ...args]);
  const [line] = await server.line(/^.*"type":"serving".*$/);
  const { url, sign_in_url, pid } = JSON.parse(line) as {
    readonly url: string;
    readonly sign_in_url: string;
    readonly pid: number;
  };
  return { ...server, url, signInUrl: sign_in_url, pid };
}
