import { existsSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { lookAt } from "../../../fixtures/look-at.ts";
import { createMediaFolder, tone } from "../../../fixtures/media-folder.ts";
import { setupBulk, TINY } from "../../../fixtures/setup-bulk.ts";
import { startVoiceServer, type VoiceServer } from "../../../fixtures/voice-server.ts";
import { waitUntil } from "../../../fixtures/wait-until.ts";

const media = createMediaFolder();
const servers: VoiceServer[] = [];
let spoken: Buffer;
beforeAll(() => {
  spoken = readFileSync(media.make("say.wav", ...tone(0.4)));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => media.remove());

async function setup(answer: Parameters<typeof startVoiceServer>[0], settings: object = {}) {
  const server = await startVoiceServer(answer);
  servers.push(server);
  const from = { provider: "http", url: server.url, ...settings };
  const bulk = setupBulk(media);
  const options = { allowPrivate: true, environment: { VOICE_KEY: "k-123" } };
  return {
    ...bulk,
    server,
    run: (rows: string, more = {}) => bulk.run(rows, { ...TINY, narration: { from } }, { ...options, ...more }),
    limited: () =>
      bulk.transport.facts().flatMap(({ data, type }) => (type === "job.updated" ? [data.rate_limited] : [])),
    failure: () => bulk.transport.facts().find(({ type }) => type === "video.failed")?.data,
  };
}

test("a row's fields go out as JSON with the key of the environment; the answer is spoken in the video", async () => {
  const headers = { authorization: { env: "VOICE_KEY", prefix: "Bearer " } };
  const { run, server, outDir, files, running } = await setup((_nth, _request, response) => response.end(spoken), {
    headers,
    fields: ["name"],
  });
  const { videos } = await run("name,secret\none,x\n");
  expect(server.asked.map(({ body }) => body)).toEqual([{ use: "narration", fields: { name: "one" } }]);
  expect(server.asked[0]?.headers).toMatchObject({ authorization: "Bearer k-123", "content-type": "application/json" });
  expect(await lookAt(`${outDir}/${videos[0]?.file}`)).toMatchObject({ channels: 2, videoSec: 0.7, complaints: "" });
  // The video, its picture and the journal.
  expect(files()).toHaveLength(3);
  expect(running()).toEqual([]);
});

test("asked to wait (429), everybody waits as long as that, and the job says so", async () => {
  const { run, server, limited, transport } = await setup((nth, _request, response) => {
    if (nth > 1) return response.end(spoken);
    response.writeHead(429, { "retry-after": "1" }).end("slow down");
  });
  const result = await run("name\none\ntwo\n", { maxParallel: 1 });
  expect(result).toMatchObject({ state: "completed", completed: 2, failed: 0 });
  expect(server.asked).toHaveLength(3);
  const [first, second] = server.asked.map(({ atMs }) => atMs);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  expect(limited()).toEqual([true, false]);
  const retried = transport.facts().find(({ type }) => type === "task.retried");
  expect(retried?.data).toMatchObject({ error_code: "rate_limited" });
});

test("no more often than the rate allows, however many places there are", async () => {
  const { run, server } = await setup((_nth, _request, response) => response.end(spoken), { rate: "2/s" });
  expect(await run("name\n1\n2\n3\n", { maxParallel: 4 })).toMatchObject({ completed: 3 });
  const times = server.asked.map(({ atMs }) => atMs);
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950);
});

test("a job that waits for its turn is paused at once, and canceled at once", async () => {
  const { run, server, transport, playhead } = await setup((_nth, _request, response) => response.end(spoken), {
    rate: "1/h",
  });
  const jobIds: string[] = [];
  const running = run("name\n1\n2\n", { onJob: (id: string) => jobIds.push(id) });
  await waitUntil("one is made and the other waits", async () => {
    await playhead.flush();
    return transport.facts().some(({ data }) => data.rate_limited === true);
  });
  const [jobId = ""] = jobIds;
  const stateIs = (state: string) => transport.facts().some(({ data }) => data.new_state === state);
  transport.command(jobId, "pause");
  await waitUntil("paused", () => stateIs("paused"));
  transport.command(jobId, "cancel");
  expect(await running).toMatchObject({ state: "canceled", completed: 1, canceled: 1 });
  expect(server.asked).toHaveLength(1);
});

const SILENT = () => undefined;
test.each([
  { name: "a key that does not fit", status: 401, code: "provider_refused", asked: 1, job: "failed" },
  { name: "an address that leads elsewhere", status: 302, code: "provider_refused", asked: 1, job: "failed" },
  { name: "a row that it cannot speak", status: 422, code: "provider_failed", asked: 1, job: "failed" },
])("$name is not asked for again", async ({ status, code, asked, job }) => {
  const { run, server, failure, files } = await setup((_nth, _request, response) => {
    response
      .writeHead(status, { location: "http://169.254.169.254/" })
      .end("no: /srv/voice/app.js at db.internal:5432");
  });
  const result = await run("name\none\n");
  expect(result).toMatchObject({ state: job, error: { code } });
  expect(server.asked).toHaveLength(asked);
  expect(failure()).toMatchObject({ error_code: code });
  expect(files()).toEqual([]);
});

test("a key that is refused stops all, for none of them could be made", async () => {
  const { run } = await setup((_nth, _request, response) => response.writeHead(403).end());
  const result = await run("name\n1\n2\n3\n4\n5\n", { maxParallel: 1 });
  expect(result).toMatchObject({ state: "failed", failed: 1, canceled: 4, error: { code: "provider_refused" } });
});

test("a fault of the service is tried again, and its part is asked for once only when it came", async () => {
  const { run, server } = await setup((nth, _request, response) => {
    if (nth === 1) return response.writeHead(500).end("broken");
    response.end(spoken);
  });
  expect(await run("name\none\n")).toMatchObject({ state: "completed", completed: 1 });
  expect(server.asked).toHaveLength(2);
});

test("more than may be is cut off, and is no part", async () => {
  const answer = Buffer.alloc(5_000);
  const { run, files } = await setup(
    (_nth, _request, response) => response.writeHead(200, { "transfer-encoding": "chunked" }).end(answer),
    { max_bytes: 1_000 },
  );
  const result = await run("name\none\n");
  expect(result).toMatchObject({ state: "failed", error: { message: expect.stringMatching(/more than 1000 bytes/) } });
  expect(files()).toEqual([]);
});

test("one that never answers is given up, and leaves nothing", async () => {
  const { run, failure } = await setup(SILENT, { timeout_sec: 0.2 });
  const stopping = new AbortController();
  const running = run("name\none\n", { signal: stopping.signal });
  await waitUntil("given up for the first time", () => failure() !== undefined || servers[0]?.asked.length === 2);
  stopping.abort();
  expect(await running).toMatchObject({ state: "canceled" });
});

test("what viewers see names no host, no path and no key", async () => {
  const { run, transport, server } = await setup((_nth, _request, response) => {
    response.writeHead(422).end("Error: cannot open /srv/voice/models/en.bin\n    at speak (/srv/voice/app.js:1:2)");
  });
  const sent: string[] = [];
  transport.watch((record) => sent.push(JSON.stringify(record)));
  await run("name\none\n");
  const told = sent.join("\n");
  expect(told).toContain("the provider answered with 422");
  for (const stain of ["/srv/voice", "127.0.0.1", "s3cret", "app.js", media.path]) expect(told).not.toContain(stain);
  expect(server.asked).toHaveLength(1);
});

test.each([
  { name: "this machine", settings: {}, options: { allowPrivate: false }, fault: /private network/ },
  {
    name: "a variable that is not set",
    settings: { headers: { key: { env: "NONE" } } },
    options: {},
    fault: /NONE is not set/,
  },
  {
    name: "the environment, where it may not be read",
    settings: { headers: { key: { env: "VOICE_KEY" } } },
    options: { environment: undefined },
    fault: /may not be read here/,
  },
])("$name is refused before there is a job", async ({ settings, options, fault }) => {
  const { run, transport, outDir } = await setup(SILENT, settings);
  await expect(run("name\none\n", options)).rejects.toMatchObject({
    code: "template_invalid",
    message: expect.stringMatching(fault),
  });
  expect(transport.facts()).toEqual([]);
  expect(existsSync(`${outDir}/manifest.ndjson`)).toBe(false);
});
