import { readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyOf, expectError, line, reportRunningJob } from "../test/api.ts";
import { makeKeys } from "../test/credentials.ts";
import { startTestServer, type TestServer } from "../test/start-server.ts";

const ADDRESS = "/api/v1/config";
const read = (server: TestServer) => bodyOf(server.ask(ADDRESS));
const patch = (server: TestServer, body: object, headers: Record<string, string> = {}) =>
  server.ask(ADDRESS, {
    method: "PATCH",
    headers: {
      authorization: server.authorization,
      "content-type": "application/merge-patch+json",
      ...headers,
    },
    body: JSON.stringify(body),
  });
const save = (server: TestServer, content: object) => writeFileSync(server.configFile, JSON.stringify(content));
const fileOf = (server: TestServer) => JSON.parse(readFileSync(server.configFile, "utf8"));

/** What is in force, by the settings' names. */
async function valuesOf(server: TestServer): Promise<Record<string, unknown>> {
  const { settings } = await read(server);
  return Object.fromEntries(settings.map(({ key, value }: { key: string; value: unknown }) => [key, value]));
}

/** Reports to a job without a pause, until it is told to stop. */
function underLoad(server: TestServer, jobId: string) {
  let isOver = false;
  let [accepted, refused] = [0, 0];
  const work = (async () => {
    let n = 10;
    while (!isOver) {
      const lines = Array.from({ length: 20 }, () =>
        line(++n, "task.created", jobId, { task_id: `t${n}`, kind: "step" }),
      );
      const answer = await bodyOf(server.report(lines));
      accepted += answer.accepted ?? 0;
      refused += answer.refused?.length ?? lines.length;
    }
  })();
  return {
    async stop() {
      isOver = true;
      await work;
      return { accepted, refused };
    },
  };
}

async function countTasks(server: TestServer, jobId: string): Promise<number> {
  let [count, pageToken] = [0, ""];
  do {
    const query = `page_size=200${pageToken === "" ? "" : `&page_token=${encodeURIComponent(pageToken)}`}`;
    const { tasks, next_page_token } = await bodyOf(server.ask(`/api/v1/jobs/${jobId}/tasks?${query}`));
    count += tasks.filter((task: { task_id: string }) => task.task_id !== "t1").length;
    pageToken = next_page_token ?? "";
  } while (pageToken !== "");
  return count;
}

test("40 changes under load: each applied, nothing restarted, no event lost", async () => {
  const server = await startTestServer({ file: {} });
  await reportRunningJob(server, "j");
  const before = await bodyOf(server.ask("/api/v1/overview"));
  const load = underLoad(server, "j");
  const took: number[] = [];
  for (let at = 1; at <= 40; at += 1) {
    const wanted = { thresholds: { processing_seconds: 300 + at }, stall_after_ms: 120_000 + at };
    const startedMs = performance.now();
    if (at % 4 === 0) {
      writeFileSync(`${server.configFile}.new`, JSON.stringify(wanted));
      renameSync(`${server.configFile}.new`, server.configFile);
    } else if (at % 4 === 1) await patch(server, wanted);
    else save(server, wanted);
    await expect
      .poll(() => valuesOf(server), { interval: 10 })
      .toMatchObject({ "thresholds.processing_seconds": 300 + at, stall_after_ms: 120_000 + at });
    took.push(performance.now() - startedMs);
  }
  const { accepted, refused } = await load.stop();
  took.sort((a, b) => a - b);
  console.log(
    `40 changes, beside ${accepted} events: ${took[20]?.toFixed(0)} ms in the middle, ${took[39]?.toFixed(0)} ms at most`,
  );
  expect(refused).toBe(0);
  expect(await countTasks(server, "j")).toBe(accepted);
  expect((await bodyOf(server.ask("/api/v1/overview"))).server).toEqual(before.server);
  const { entries } = await bodyOf(server.ask("/api/v1/audit?page_size=200"));
  const changes = entries.filter(({ action }: { action: string }) => action === "config.changed");
  expect(changes).toHaveLength(40);
  expect(changes[0]).toMatchObject({ target: "stall_after_ms, thresholds.processing_seconds", credential_id: "file" });
  expect(server.complaints.filter((each) => !each.startsWith("info"))).toEqual([]);
});

describe("what changes while the server runs", () => {
  test("how many requests one may send", async () => {
    const server = await startTestServer({ file: {} });
    const statuses = async () =>
      Promise.all(Array.from({ length: 4 }, async () => (await server.ask("/api/v1/session")).status));
    expect(new Set(await statuses())).toEqual(new Set([200]));
    save(server, { requests_per_second: 1 });
    await expect.poll(statuses).toContain(429);
    save(server, {});
    await expect.poll(statuses).not.toContain(429);
  });

  test("for how long things are kept", async () => {
    const server = await startTestServer({ file: {} });
    const days = async () => {
      const { details_before } = await bodyOf(server.post("/api/v1/monitoring/cleanup"));
      return Math.round((Date.now() - Date.parse(details_before)) / 86_400_000);
    };
    expect(await days()).toBe(90);
    await patch(server, { keep_details_days: 200 });
    expect(await days()).toBe(200);
  });

  test("what is in the log files", async () => {
    const server = await startTestServer({ file: { log_level: "error" } });
    await reportRunningJob(server, "j");
    const say = (n: number, message: string) => server.report([line(n, "log", "j", { level: "info", message })]);
    const logged = () => readFileSync(join(server.data, "logs", "application.log"), "utf8");
    await say(10, "too soon");
    await patch(server, { log_level: "debug" });
    await say(11, "just in time");
    await expect.poll(logged).toContain("just in time");
    expect(logged()).not.toContain("too soon");
  });

  test("when a job has stalled, also one of a kind of its own", async () => {
    const server = await startTestServer({ file: {} });
    await server.send(
      server.record("j", "job.created", { kind: "bulk" }),
      server.record("j", "job.state_changed", { new_state: "running" }),
    );
    save(server, { kinds: { bulk: { stuck_after_ms: 100 } } });
    const liveness = async () => (await bodyOf(server.ask("/api/v1/jobs/j"))).liveness;
    await expect.poll(liveness).toBe("stuck");
  });
});

describe("over HTTP", () => {
  test("each setting with its value, its origin, and whether it holds at once; no secret", async () => {
    const file = { secret: "s".repeat(40), log_level: "info", host: "127.0.0.1" };
    const server = await startTestServer({ file, environment: { MONITORING_CPU_THRESHOLD: "50" } });
    const answer = await server.ask(ADDRESS);
    const body = await bodyOf(answer.clone());
    expect(await answer.text()).not.toContain("sss");
    expect(answer.headers.get("etag")).toBe(`"${body.revision}"`);
    expect(body).toMatchObject({ file: server.configFile, waiting_for_restart: [], refused: null });
    const of = (key: string) => body.settings.find((setting: { key: string }) => setting.key === key);
    expect(of("secret")).toMatchObject({ value: null, is_secret: true, is_set: true, origin: { kind: "file" } });
    expect(of("admin_key")).toMatchObject({ value: null, is_secret: true, is_set: false });
    expect(of("port")).toMatchObject({ value: 0, reloadable: false, origin: { kind: "flag", name: "--port" } });
    expect(of("thresholds.cpu_percent")).toMatchObject({
      value: 50,
      default: 80,
      unit: "%",
      reloadable: true,
      origin: { kind: "environment", name: "MONITORING_CPU_THRESHOLD" },
      schema: { type: "number", minimum: 1, maximum: 100 },
    });
  });

  test("a change is written whole, keeps the rest of the file and who may read it, and says who did it", async () => {
    const server = await startTestServer({
      file: { $schema: "./x.json", log_level: "info", thresholds: { cpu_percent: 70 } },
    });
    const { mode } = statSync(server.configFile);
    const { revision } = await read(server);
    const answer = await patch(
      server,
      { thresholds: { disk_percent: 85 }, log_level: null },
      { "if-match": `"${revision}"` },
    );
    expect(answer.status).toBe(200);
    expect(fileOf(server)).toEqual({ $schema: "./x.json", thresholds: { cpu_percent: 70, disk_percent: 85 } });
    expect(statSync(server.configFile).mode).toBe(mode);
    expect(await valuesOf(server)).toMatchObject({ "thresholds.disk_percent": 85, log_level: "debug" });
    const [entry] = (await bodyOf(server.ask("/api/v1/audit"))).entries;
    expect(entry).toMatchObject({ action: "config.changed", target: "log_level, thresholds.disk_percent" });
    expect(entry.credential_id).not.toBe("file");
    // Who still holds the revision of before is told.
    await expectError(await patch(server, { log_level: "info" }, { "if-match": `"${revision}"` }), 409, "conflict");
    expect(fileOf(server).log_level).toBeUndefined();
  });

  test("what is wrong is refused whole, by its path; so is what the environment or a flag sets", async () => {
    const server = await startTestServer({ file: { log_level: "info" }, environment: { LOG_MAX_BYTES: "500000" } });
    const before = readFileSync(server.configFile, "utf8");
    const faultsOf = async (body: object) => {
      const answer = await bodyOf(patch(server, body));
      expect(answer.error_code).toBe("config_invalid");
      return answer.detail.by_key;
    };
    expect(await faultsOf({ thresholds: { cpu_percent: 0 }, slow_db_ms: 500, log: 1 })).toEqual({
      "thresholds.cpu_percent": expect.stringContaining("got 0"),
      log: expect.stringContaining("no such setting"),
    });
    expect(await faultsOf({ port: 1, log_files: { application: { max_bytes: 20_000 } } })).toEqual({
      port: expect.stringContaining("flag --port"),
      "log_files.application.max_bytes": expect.stringContaining("environment variable LOG_MAX_BYTES"),
    });
    expect(readFileSync(server.configFile, "utf8")).toBe(before);
    expect(await valuesOf(server)).toMatchObject({ slow_db_ms: 1_000 });
  });

  test("two at a time: one change after the other, and none is lost", async () => {
    const server = await startTestServer({ file: {} });
    const keys = ["slow_db_ms", "slow_api_ms", "slow_step_ms", "slow_function_ms", "stall_after_ms"];
    const answers = await Promise.all(keys.map((key, at) => patch(server, { [key]: 1_000 + at })));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
    expect(fileOf(server)).toEqual(Object.fromEntries(keys.map((key, at) => [key, 1_000 + at])));
  });

  test("through a link the file behind it is written, and the link stays", async () => {
    const server = await startTestServer({ file: {} });
    const real = join(server.folder, "real.json");
    renameSync(server.configFile, real);
    symlinkSync(real, server.configFile);
    expect((await patch(server, { log_level: "info" })).status).toBe(200);
    expect(JSON.parse(readFileSync(real, "utf8"))).toEqual({ log_level: "info" });
  });

  test("a bad file is told with its faults, and said once in the log", async () => {
    const server = await startTestServer({ file: {} });
    save(server, { log_levle: "info" });
    await expect
      .poll(async () => (await read(server)).refused?.faults)
      .toEqual([expect.stringMatching(/^log_levle .*did you mean log_level\?/)]);
    expect(server.complaints.filter((each) => each.includes("refused"))).toHaveLength(1);
    await expectError(await patch(server, { log_level: "info" }), 400, "config_invalid");
    expect((await patch(server, { log_level: "info", log_levle: null })).status).toBe(200);
    expect((await read(server)).refused).toBeNull();
  });

  test("what waits for a start is named", async () => {
    const server = await startTestServer({ file: {} });
    const answer = await bodyOf(patch(server, { time_zone: "Europe/Berlin" }));
    expect(answer.waiting_for_restart).toEqual(["time_zone"]);
    expect(await valuesOf(server)).toMatchObject({ time_zone: "UTC" });
  });

  test("an admin of another tenant has nothing to do with it", async () => {
    const server = await startTestServer({ file: {} });
    const { admin } = await makeKeys(server, "acme");
    const headers = { authorization: `Bearer ${admin}` };
    await expectError(await server.ask(ADDRESS, { headers }), 403, "forbidden");
    await expectError(await patch(server, { log_level: "info" }, headers), 403, "forbidden");
  });

  test("without a file there is nothing to change", async () => {
    const server = await startTestServer();
    expect(await read(server)).toMatchObject({ file: null, refused: null });
    await expectError(await patch(server, { log_level: "info" }), 409, "conflict");
  });

  test("the schema for editors takes what the server takes, and refuses what it refuses", async () => {
    const server = await startTestServer();
    const answer = await server.ask("/config.schema.json", { headers: {} });
    expect(answer.headers.get("content-type")).toMatch(/^application\/schema\+json/);
    const validate = new Ajv({ validateFormats: false }).compile((await answer.json()) as object);
    expect(validate({ $schema: "./s.json", port: 1, thresholds: { cpu_percent: 50 }, kinds: { a: {} } })).toBe(true);
    for (const bad of [
      { port: -1 },
      { prt: 1 },
      { thresholds: { cpu: 1 } },
      { log_level: "loud" },
      { kinds: { a: 1 } },
    ]) {
      expect(validate(bad), JSON.stringify(bad)).toBe(false);
    }
  });
});

/** Settings that hold at once, with values that are right and values that are wrong. */
const CHANGE = fc.oneof(
  fc.record({ log_level: fc.constantFrom("debug", "info", "warning", "error", "critical") }),
  fc.record({
    thresholds: fc.record({ cpu_percent: fc.integer({ min: 1, max: 100 }), error_rate: fc.constantFrom(0, 0.5, 1) }),
  }),
  fc.record({
    slow_db_ms: fc.integer({ min: 100, max: 10_000 }),
    stall_after_ms: fc.integer({ min: 100_000, max: 200_000 }),
  }),
  fc.record({ health: fc.record({ interval_seconds: fc.integer({ min: 5, max: 900 }) }) }),
  fc.record({ keep_details_days: fc.integer({ min: 90, max: 900 }) }),
);
const FAULT = fc.constantFrom<object>(
  { log_level: "loud" },
  { thresholds: { cpu_percent: 0 } },
  { slow_db_ms: "soon" },
  { health: { interval_seconds: 1.5 } },
  { unknown: 1 },
);
const STEP = fc.record({
  change: CHANGE,
  fault: fc.option(FAULT, { freq: 2 }),
  way: fc.constantFrom("save", "rename", "patch"),
});

/** What is in force where the file holds this, by the settings' names, as far as it is said. */
function flat(content: object, above = ""): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]) =>
      typeof value === "object" ? Object.entries(flat(value, `${above}${name}.`)) : [[`${above}${name}`, value]],
    ),
  );
}

test("property 13: any change applies at once, whole, without a restart and beside work that goes on; a bad one changes nothing", async () => {
  const server = await startTestServer({ file: {} });
  await reportRunningJob(server, "j");
  const before = await bodyOf(server.ask("/api/v1/overview"));
  const defaults = await valuesOf(server);
  const load = underLoad(server, "j");
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 5 }), async (steps) => {
      save(server, {});
      await expect.poll(() => valuesOf(server), { interval: 10 }).toEqual(defaults);
      let good: object = {};
      for (const { change, fault, way } of steps) {
        const content = { ...change, ...fault };
        // A patch is for the file that is there; a bad file is not what anyone would patch.
        if (way === "patch" && JSON.stringify(fileOf(server)) === JSON.stringify(good)) {
          const gone = Object.fromEntries(Object.keys(good).map((key) => [key, null]));
          const whole = Object.fromEntries(Object.entries({ ...gone, ...content }));
          expect((await patch(server, whole)).status).toBe(fault === null ? 200 : 400);
        } else if (way === "rename") {
          writeFileSync(`${server.configFile}.new`, JSON.stringify(content));
          renameSync(`${server.configFile}.new`, server.configFile);
        } else save(server, content);
        const isBadFile = fault !== null && JSON.stringify(fileOf(server)) === JSON.stringify(content);
        if (fault === null) good = fileOf(server);
        await expect.poll(async () => (await read(server)).refused !== null, { interval: 10 }).toBe(isBadFile);
        await expect.poll(() => valuesOf(server), { interval: 10 }).toEqual({ ...defaults, ...flat(good) });
      }
    }),
    { numRuns: 12 },
  );
  const { accepted, refused } = await load.stop();
  expect(refused).toBe(0);
  expect(await countTasks(server, "j")).toBe(accepted);
  expect((await bodyOf(server.ask("/api/v1/overview"))).server).toEqual(before.server);
});
