import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { oddFolder } from "../test/playhead-process.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
/** Tells at its end which modules a process has loaded. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  const urls = [];
  registerHooks({ resolve: (name, context, next) => { const found = next(name, context); urls.push(found.url); return found; } });
  process.on("exit", () => process.stderr.write("\\nloaded " + JSON.stringify(urls.filter((url) => /\\/src\\/(index|program)\\.ts$/.test(url)))));
`)}`;

async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, [`--import=${TELL_LOADED}`, "--conditions=playhead-src", MAIN, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [, urls = ""] = /\nloaded (.*)$/.exec(await text(child.stderr)) ?? [];
  return JSON.parse(urls);
}

const parts = (urls: readonly string[]) => ({
  commands: urls.some((url) => url.endsWith("/cli/src/program.ts")),
  server: urls.some((url) => url.endsWith("/server/src/index.ts")),
  sdk: urls.some((url) => url.endsWith("/sdk/src/index.ts")),
  ffmpeg: urls.some((url) => url.endsWith("/ffmpeg/src/index.ts")),
  pipelines: urls.some((url) => url.endsWith("/pipelines/src/index.ts")),
});

test.each([
  { args: ["--help"] },
  { args: ["jobs", "--server", "http://127.0.0.1:9", "--key", "k"] },
  { args: ["config", "show"] },
])("playhead $args.0 waits for no server, sdk, ffmpeg or pipeline to be loaded", async ({ args }) => {
  const nothing = { server: false, sdk: false, ffmpeg: false, pipelines: false };
  expect(parts(await loadedBy(args))).toEqual({ commands: true, ...nothing });
});

test("what reads a data folder itself loads the server", async () => {
  expect(parts(await loadedBy(["jobs", "--data", oddFolder()]))).toMatchObject({ commands: true, server: true });
});
