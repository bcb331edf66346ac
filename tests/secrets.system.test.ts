import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createHttpTransport, createPlayhead, setCurrentObserver } from "@playhead/sdk";
import { SECRET_CASES } from "@playhead/sdk/secret-cases";
import type { PlayheadServer } from "@playhead/server";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { layCable } from "./fixtures/cable.ts";
import { readerOf, startRealServer } from "./fixtures/real-server.ts";
import { CANARY, openCarelessJob, tellSecrets } from "./fixtures/tell-secrets.ts";
import { createTestFolder } from "./fixtures/video.ts";

const folder = createTestFolder();
afterAll(() => folder.remove());

/** All secrets of the corpus begin like this; the words of the full text are in lower case. */
const A_SECRET = /hunter\w*/gi;
const CASES_A_JOB = 28;

/** What secrets could be in, by its name. */
type Places = Map<string, string>;

function addFiles(places: Places, path: string): void {
  for (const file of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const name = join(file.parentPath, file.name);
    if (file.isFile()) places.set(name.slice(path.length + 1), readFileSync(name, "latin1"));
  }
}

test("none of 224 secrets at odd places gets into files, answers, exports, frames or the spool", async () => {
  expect(SECRET_CASES.length).toBeGreaterThanOrEqual(200);
  const data = folder.at("data");
  const server = await startRealServer(data, { config: { log_level: "debug" } });
  onTestFinished(server.close);
  const cable = await layCable(server.url);
  onTestFinished(cable.close);
  const spool = folder.at("spool");
  const playhead = createPlayhead({
    transport: createHttpTransport({ url: cable.url, apiKey: server.accessKey, spool: { folder: spool } }),
    monitoring: { budget: false },
    warn: () => undefined,
  });
  onTestFinished(async () => void (await playhead.close()));
  onTestFinished(setCurrentObserver(playhead.observer));
  const work = Array.from({ length: SECRET_CASES.length / CASES_A_JOB }, (_, at) => {
    const cases = SECRET_CASES.slice(at * CASES_A_JOB, (at + 1) * CASES_A_JOB);
    return { cases, job: openCarelessJob(playhead, `job-${at}`, cases) };
  });
  const jobIds = work.map(({ job }) => job.job_id);
  const tell = (some: typeof work) => Promise.all(some.map(({ job, cases }) => tellSecrets(playhead, job, cases)));
  expect(await playhead.flush({ timeoutMs: 30_000 })).toBe(true);
  const frames = await follow(server, jobIds);

  // The second half finds the server away, and waits on disk.
  const half = work.length / 2;
  await tell(work.slice(0, half));
  expect(await playhead.flush({ timeoutMs: 30_000 })).toBe(true);
  cable.unplug();
  await tell(work.slice(half));
  await playhead.flush({ timeoutMs: 1_000 });
  const places: Places = new Map();
  await expect.poll(() => readdirSync(spool, { recursive: true }).length).toBeGreaterThan(1);
  addFiles(places, spool);
  expect(all(places), "the spool").toContain(CANARY);
  cable.plug();
  expect(await playhead.flush({ timeoutMs: 60_000 })).toBe(true);

  const { get, pages } = readerOf(server);
  const read = async (path: string) => {
    let text = "";
    for await (const page of pages(path)) text += page;
    places.set(`GET ${path}`, text);
    expect(text, path).toContain(CANARY);
  };
  await read("logs");
  await read("jobs");
  for (const jobId of jobIds) {
    for (const part of ["executions", "tasks"]) await read(`jobs/${jobId}/${part}`);
    for (const part of ["", "/logs", "/events?limit=1000", "/videos"]) {
      const path = `jobs/${jobId}${part}`;
      places.set(`GET ${path}`, await get(path));
    }
    for (const end of ["failed", "canceled"]) places.set(`GET ${jobId}-${end}`, await get(`jobs/${jobId}-${end}`));
  }
  for (const what of ["logs", "executions", "performance", "samples"]) {
    for (const format of ["csv", "json", "ndjson"]) {
      const path = `export?what=${what}&format=${format}`;
      places.set(`GET ${path}`, await get(path));
      if (what === "logs" || what === "executions") expect(places.get(`GET ${path}`), path).toContain(CANARY);
    }
  }
  places.set("GET logs/tail", await get("logs/tail?after=0&limit=1000"));
  places.set("GET recent", await get("monitoring/logs/recent?lines=1000"));
  const ended = () =>
    new Set(frames.flatMap((frame) => /"session.completed","job_id":"[\w-]+"/.exec(frame) ?? [])).size;
  await expect.poll(ended).toBe(jobIds.length);
  expect(frames.filter((frame) => frame.includes('"log"')).join("\n")).toContain(CANARY);
  places.set("socket", frames.join("\n"));

  // As they are while the server runs, with what is not yet moved over from the write-ahead log.
  addFiles(places, data);
  const names = [...places.keys()];
  for (const name of ["playhead.db", "playhead.db-wal", "telemetry.sqlite", "telemetry.sqlite-wal"])
    expect(names).toContain(name);
  for (const name of ["playhead.db", "telemetry.sqlite"])
    expect(`${places.get(name)}${places.get(`${name}-wal`)}`, name).toContain(CANARY);
  for (const name of ["application.log", "errors.log"]) expect(places.get(`logs/${name}`), name).toContain(CANARY);
  expect(places.get("socket")).toContain(CANARY);

  const found = [...places].flatMap(([name, text]) =>
    [...text.matchAll(A_SECRET)].map(({ index }) => `${name}: ${text.slice(Math.max(0, index - 60), index + 20)}`),
  );
  expect(found.slice(0, 20)).toEqual([]);
});

/** What two kinds of sockets hear of the jobs and their logs, from before on and as it comes. */
async function follow({ url, accessKey }: PlayheadServer, jobIds: readonly string[]): Promise<readonly string[]> {
  const frames: string[] = [];
  const open = async (address: string, protocols: string[]) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/?token=${accessKey}${address}`, protocols);
    onTestFinished(() => socket.close());
    socket.addEventListener("message", ({ data }) => frames.push(String(data)));
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    return socket;
  };
  for (const jobId of jobIds) await open(`&job_id=${jobId}`, []);
  const socket = await open("", ["playhead.v1"]);
  const subscribe = (data: object) => socket.send(JSON.stringify({ type: "subscribe", data }));
  subscribe({ ref: "jobs", jobs: {} });
  for (const job_id of jobIds) {
    subscribe({ ref: job_id, job_id });
    subscribe({ ref: `log ${job_id}`, logs: { job_id, after: 0 } });
  }
  const isLive = (frame: string) => frame.includes('"live"') && frame.includes('"ref"');
  await expect.poll(() => frames.filter(isLive).length).toBeGreaterThanOrEqual(2 * jobIds.length);
  return frames;
}

const all = (places: Places) => [...places.values()].join("\n");
