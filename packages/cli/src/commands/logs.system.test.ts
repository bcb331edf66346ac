import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { LogEntry } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { oddFolder, playhead, startPlayhead, startServer } from "../../test/playhead-process.ts";
import { open } from "../open.ts";

/** A server with a job that has written some lines. */
async function setup() {
  const folder = oddFolder();
  const data = join(folder, "data");
  const server = await startServer(data);
  const worker = await open({ data });
  onTestFinished(async () => {
    await worker.close();
  });
  const job = worker.job({ kind: "clips", title: "Talk" });
  const say = async (level: "info" | "warning" | "error", message: string, fields = {}) => {
    job.log[level](message, fields);
    await worker.flush();
  };
  await say("info", "=SUM(A1) begins", { clip: 7 });
  await say("error", "the picture is dark");
  return { folder, data, server, worker, job, say };
}

test("logs tells lines oldest first, and as JSON; filters narrow them", async () => {
  const { data, job } = await setup();
  const plain = await playhead(["logs", "--data", data, "--job", job.job_id]);
  expect({ code: plain.code, stderr: plain.stderr }).toEqual({ code: 0, stderr: [] });
  expect(plain.stdout).toEqual([
    expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}info {5}job_\w+ app {2}=SUM\(A1\) begins {2}clip=7$/,
    ),
    expect.stringMatching(/ {2}error {4}job_\w+ app {2}the picture is dark$/),
  ]);
  const { stdout } = await playhead(["logs", "--data", data, "--level", "error", "--search", "dark", "--json"]);
  expect(stdout.map((line) => JSON.parse(line))).toMatchObject([
    { type: "entry", message: "the picture is dark", level: "error", job_id: job.job_id },
    { type: "result", entries: 1 },
  ]);
  const none = await playhead(["logs", "--data", data, "--job", job.job_id, "--to", "2020-01-01"]);
  expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 0, stdout: [] });
});

test("logs --follow goes on with what comes, until Ctrl-C; of a folder without a server it is refused", async () => {
  const { data, say, server, worker } = await setup();
  const follow = startPlayhead(["logs", "--data", data, "--follow", "--level", "warning", "--json"]);
  await follow.line(/the picture is dark/);
  await say("info", "not this one");
  await say("warning", "a new one");
  await follow.line(/a new one/);
  follow.signal("SIGINT");
  const { code, stdout } = await follow.ended;
  expect(code).toBe(130);
  expect(stdout.map((line) => JSON.parse(line).message)).toEqual(["the picture is dark", "a new one", undefined]);
  await worker.close();
  server.signal("SIGTERM");
  await server.ended;
  expect((await playhead(["logs", "--data", data, "--follow"])).code).toBe(2);
  // What it had is there without it.
  expect((await playhead(["logs", "--data", data, "--level", "error"])).stdout.join()).toContain("the picture is dark");
});

test("export writes a whole file or a pipe, from the server and from the folder", async () => {
  const { folder, data, server, worker, job } = await setup();
  const file = join(folder, "week.csv");
  const written = await playhead(["export", "--data", data, "--since", "7d", "--job", job.job_id, "--out", file]);
  expect({ code: written.code, stderr: written.stderr }).toEqual({ code: 0, stderr: [] });
  const rows = readFileSync(file, "utf8").split("\r\n");
  expect(rows[0]).toMatch(/^entry_id,timestamp,/);
  expect(rows[1]).toContain(",'=SUM(A1) begins,");
  expect(rows).toHaveLength(4);
  expect(readdirSync(folder)).toEqual(["data", "week.csv"]);
  const piped = await playhead(["export", "--data", data, "--format", "ndjson", "--level", "error"]);
  expect(piped.stdout.map((line) => (JSON.parse(line) as LogEntry).message)).toEqual(["the picture is dark"]);
  await worker.close();
  server.signal("SIGTERM");
  await server.ended;
  const again = await playhead(["export", "--data", data, "--format", "json", "--job", job.job_id]);
  expect(JSON.parse(again.stdout.join("\n"))).toHaveLength(2);
  expect((await playhead(["export", "--data", data, "--json"])).code).toBe(2);
});

test("an export that is interrupted, or breaks off, leaves no half file", async () => {
  let isBroken = false;
  const slow = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/csv" });
    response.write("entry_id\r\n".repeat(1_000));
    if (isBroken) setImmediate(() => response.destroy());
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    slow.closeAllConnections();
    slow.close();
  });
  const folder = oddFolder();
  const args = ["export", "--server", `http://127.0.0.1:${(slow.address() as AddressInfo).port}`, "--key", "k"];
  const asked = new Promise((resolve) => slow.once("request", resolve));
  const interrupted = startPlayhead([...args, "--out", join(folder, "a.csv")]);
  await asked;
  interrupted.signal("SIGINT");
  expect((await interrupted.ended).code).toBe(130);
  expect(readdirSync(folder)).toEqual([]);
  isBroken = true;
  const { code, stderr } = await playhead([...args, "--out", join(folder, "b.csv")]);
  expect([code, stderr.join()]).toEqual([4, expect.stringContaining("cannot be reached")]);
  expect(readdirSync(folder)).toEqual([]);
});
