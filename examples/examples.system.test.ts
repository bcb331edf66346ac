import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

async function runExample(file: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run(
    process.execPath,
    ["--conditions=playhead-src", join(import.meta.dirname, file), folder],
    {
      timeout: 60_000,
    },
  );
  return stdout;
}

test("01: watch your own code", async () => {
  expect(await runExample("01-watch-your-code.ts")).toMatch(/^job job_\w+ is completed: 3 files\n$/);
});

test("04: instrument your code", async () => {
  expect(await runExample("04-instrument-your-code.ts")).toBe(
    "in trace true, and the service as well: true\n" +
      "recorded: GET 127.0.0.1/videos/:id, CREATE videos, path.basename, INSERT videos, keep\n",
  );
});

test("05: a program with OpenTelemetry in it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "playhead-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const cli = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const server = spawn(process.execPath, ["--conditions=playhead-src", cli, "serve", "--port", "0", "--data", folder], {
    env: { ...process.env, PLAYHEAD_WORKER: "false", PLAYHEAD_ADMIN_KEY: "a key for the example" },
  });
  onTestFinished(async () => {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  });
  let url: string | undefined;
  for await (const chunk of server.stdout.setEncoding("utf8")) {
    url = /https?:\/\/127\.0\.0\.1:\d+/.exec(chunk)?.[0];
    if (url !== undefined) break;
  }
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "05-opentelemetry.ts")], {
    timeout: 60_000,
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=a key for the example",
    },
  });
  const read = async (path: string) => {
    const headers = { "x-api-key": "a key for the example" };
    return (await fetch(`${url}/api/v1/jobs/${stdout.trim()}${path}`, { headers })).json();
  };
  expect(await read("")).toMatchObject({ kind: "highlights", title: "Match 42", state: "completed" });
  const { tasks } = (await read("/tasks")) as { tasks: { title: string; state: string }[] };
  expect(tasks.map(({ title, state }) => [title, state])).toEqual([
    ["kick-off", "completed"],
    ["goal", "completed"],
    ["own goal", "failed"],
  ]);
});
