import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { textOfAnswer } from "../test/answer-text.ts";
import { bodyOf, expectError, line } from "../test/api.ts";
import { asHolder, makeKeys, makeToken, reportMarkedJob } from "../test/credentials.ts";
import { openStream } from "../test/event-stream.ts";
import { atFileEnd } from "../test/file-end.ts";
import { isAboutJob, namesJob, ROUTES, requestOf } from "../test/routes.ts";
import { openSocket } from "../test/socket.ts";
import { startTestServer, type TestServer } from "../test/start-server.ts";

/** Stands in all that tenant `acme` says of its job; not a byte of it may come to anyone else. */
const MARK = "acme-only";
/** The job of acme, one that is not there, and one of globex; of one length, so that answers can be compared. */
const THEIRS = "job-acme";
const ABSENT = "job-none";
const OURS = "job-glob";

const HOLDERS = ["admin", "operator", "worker", "viewer", "read token", "control token"] as const;
type Holder = (typeof HOLDERS)[number];

let server: TestServer;
let acme: Awaited<ReturnType<typeof makeKeys>>;
/** Who is nothing to acme. */
let globex: Readonly<Record<Holder, string>>;
let acmeSource: string;
/** What had been said of acme's job before anyone else came. */
let acmeEvents: unknown;
const eventsOf = async (holder: string) =>
  (await bodyOf(asHolder(server, holder).ask(`/api/v1/jobs/${THEIRS}/events`))).events;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
  acme = await makeKeys(server, "acme");
  acmeSource = await reportMarkedJob(server, acme.worker, THEIRS, MARK);
  acmeEvents = await eventsOf(acme.viewer);
  const keys = await makeKeys(server, "globex");
  await reportMarkedJob(server, keys.worker, OURS, "globex");
  const token = async (verbs: string[]) => (await makeToken(server, keys.operator, OURS, verbs)).token;
  globex = { ...keys, "read token": await token(["read"]), "control token": await token(["control"]) };
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

/** All of an answer that differs from answer to answer by chance left out, and the job's id hidden. */
async function shapeOf(answer: Response, jobId: string) {
  const headers = [...answer.headers].filter(([name]) => !/^(date|x-correlation-id|keep-alive)$/.test(name));
  const text = (await textOfAnswer(answer)).replaceAll(jobId, "JOB").replaceAll(/tok_\w+|key_\w+|ph_\w+/g, "ID");
  return { status: answer.status, headers, text };
}

describe("another tenant's job over HTTP", () => {
  const CASES = ROUTES.flatMap((row) => HOLDERS.map((holder) => ({ ...row, holder })));
  test.each(CASES)("$holder: $route", async ({ holder, ...row }) => {
    const [theirs, absent] = await Promise.all(
      [THEIRS, ABSENT].map(async (jobId) => {
        const { path, init } = requestOf(row, jobId, globex[holder]);
        return shapeOf(await server.ask(path, init), jobId);
      }),
    );
    expect(JSON.stringify(theirs)).not.toContain(MARK);
    // Of other routes the answers may differ by what went on meanwhile, but not by another tenant's doing.
    if (namesJob(row)) expect(theirs).toEqual(absent);
    if (isAboutJob(row)) expect([403, 404]).toContain(theirs?.status);
  });

  test("nothing of all this changed it, and its own tenant sees all of it", async () => {
    const viewer = asHolder(server, acme.viewer);
    const job = await bodyOf(viewer.ask(`/api/v1/jobs/${THEIRS}`));
    expect(job).toMatchObject({ state: "running", title: MARK, worker: acmeSource, tenant_id: "acme" });
    expect(await eventsOf(acme.viewer)).toEqual(acmeEvents);
    expect((await bodyOf(viewer.ask("/api/v1/jobs"))).jobs).toMatchObject([{ job_id: THEIRS }]);
    expect((await bodyOf(viewer.ask(`/api/v1/jobs/${THEIRS}/logs`))).logs).toMatchObject([{ message: MARK }]);
    expect(await bodyOf(viewer.ask("/api/v1/overview"))).toMatchObject({ running: 1, jobs_last_24h: 1 });
  });

  test("its id cannot be taken, and no more is told of it", async () => {
    const taken = await asHolder(server, globex.admin).post("/api/v1/jobs", { job_id: THEIRS, kind: "clips" });
    expect(await expectError(taken, 404, "not_found")).toBe(`there is no job ${THEIRS}`);
  });
});

/** A way to follow jobs over a socket: what comes of it until it has said all that it says of a job. */
interface SocketRow {
  readonly name: string;
  readonly follow: (url: string, credential: string, jobId: string) => Promise<readonly unknown[]>;
}

/** Every way to follow a job over a socket. */
const SOCKETS: readonly SocketRow[] = [
  {
    name: "simple mode",
    async follow(url, credential, jobId) {
      const socket = openSocket(`${url}/?job_id=${jobId}&token=${credential}`);
      return [await socket.closed, ...socket.raw];
    },
  },
  {
    name: "simple mode, going on",
    async follow(url, credential, jobId) {
      const socket = openSocket(`${url}/ws?job_id=${jobId}&after=1&token=${credential}`);
      return [await socket.closed, ...socket.raw];
    },
  },
  v1Row("playhead.v1, a job", (jobId) => ({ ref: "r", job_id: jobId })),
  v1Row("playhead.v1, a job's log", (jobId) => ({ ref: "r", logs: { job_id: jobId, after: 0 } })),
  v1Row("playhead.v1, a job, going on", (jobId) => ({
    ref: "r",
    job_id: jobId,
    since: { epoch: "e", seq: 1, tick: 0 },
  })),
];

function v1Row(
  name: string,
  subscription: (jobId: string) => Parameters<ReturnType<typeof openSocket>["send"]>[1],
): SocketRow {
  return {
    name,
    async follow(url, credential, jobId) {
      const socket = openSocket(`${url}/?token=${credential}`, "playhead.v1");
      const hello = await Promise.race([socket.until(({ type }) => type === "hello"), socket.closed]);
      if (!("type" in hello)) return [hello];
      socket.send("subscribe", subscription(jobId));
      socket.send("ping", {});
      const isAnswered = async () => {
        await socket.until(({ type }) => type === "error" || type === "live");
        await socket.until(({ type }) => type === "pong");
      };
      const end = await isAnswered().catch(() => socket.closed);
      return [end, ...socket.frames.filter(({ type }) => type !== "hello" && type !== "pong")];
    },
  };
}

describe("another tenant's job over a socket", () => {
  const CASES = SOCKETS.flatMap((row) => HOLDERS.map((holder) => ({ ...row, holder })));
  test.each(CASES)("$holder: $name", async ({ holder, follow }) => {
    const url = server.server.url.replace("http", "ws");
    const shape = async (jobId: string) =>
      JSON.stringify(await follow(url, globex[holder], jobId)).replaceAll(jobId, "JOB");
    const theirs = await shape(THEIRS);
    expect(theirs).not.toContain(MARK);
    expect(theirs).toBe(await shape(ABSENT));
  });

  test("is in no list, also when it moves", async () => {
    const url = server.server.url.replace("http", "ws");
    const socket = openSocket(`${url}/?token=${globex.viewer}`, "playhead.v1");
    await socket.until(({ type }) => type === "hello");
    for (const [at, jobs] of [{}, { kind: [MARK] }].entries()) {
      socket.send("subscribe", { ref: `r${at}`, jobs });
    }
    await socket.until(({ type, data }) => type === "live" && data.ref === "r1");
    await asHolder(server, acme.worker).report([line(7, "job.updated", THEIRS, { title: MARK }, acmeSource)]);
    await asHolder(server, globex.worker).report([
      line(7, "job.updated", OURS, { title: "moved" }, `worker-globex-${OURS}`),
    ]);
    await socket.until(({ type, data }) => type === "jobs.changed" && data.job.title === "moved");
    expect(socket.raw.join("")).not.toContain(MARK);
    expect(socket.raw.join("")).not.toContain(THEIRS);
  });

  test("comes to its own tenant, so that what does not come would be seen", async () => {
    const url = server.server.url.replace("http", "ws");
    const simple = openSocket(`${url}/?job_id=${THEIRS}&token=${acme.viewer}`);
    expect(await simple.until(({ type }) => type === "snapshot")).toMatchObject({ data: { title: MARK } });
    const { token } = await makeToken(server, acme.worker, THEIRS);
    const byToken = openSocket(`${url}/?job_id=${THEIRS}&token=${token}`);
    expect(await byToken.until(({ type }) => type === "snapshot")).toMatchObject({ data: { title: MARK } });
  });
});

describe("workers of one name in two tenants", () => {
  const SOURCE = "worker-7";

  async function setup(jobId: string) {
    const holders = [acme, globex].map(({ worker }) => asHolder(server, worker));
    const [ofAcme, ofGlobex] = holders as [(typeof holders)[number], (typeof holders)[number]];
    const jobs = { acme: `${jobId}-acme`, globex: `${jobId}-globex` };
    const create = (job: string) => [
      line(1, "job.created", job, { kind: "clips" }, `${SOURCE}-${jobId}`),
      line(2, "job.state_changed", job, { new_state: "running" }, `${SOURCE}-${jobId}`),
    ];
    // The same source and numbers: what one has sent must not count as sent by the other.
    expect(await bodyOf(ofAcme.report(create(jobs.acme)))).toEqual({
      accepted: 2,
      refused: [],
      followed: expect.any(Boolean),
    });
    expect(await bodyOf(ofGlobex.report(create(jobs.globex)))).toEqual({
      accepted: 2,
      refused: [],
      followed: expect.any(Boolean),
    });
    const commands = async (holder: typeof ofAcme, source = `${SOURCE}-${jobId}`) =>
      (await bodyOf(holder.ask(`/api/v1/commands?source=${encodeURIComponent(source)}`))).commands;
    return { ofAcme, ofGlobex, jobs, source: `${SOURCE}-${jobId}`, commands };
  }

  test("each has its own numbers and jobs", async () => {
    const { jobs } = await setup("numbers");
    for (const [tenant, key] of Object.entries({ acme: acme.viewer, globex: globex.viewer })) {
      const job = await bodyOf(asHolder(server, key).ask(`/api/v1/jobs/${jobs[tenant as keyof typeof jobs]}`));
      expect(job).toMatchObject({ state: "running", worker: `${SOURCE}-numbers`, tenant_id: tenant });
    }
  });

  test("who reports of another's job does not learn whether somebody follows it", async () => {
    const { ofAcme, jobs, source } = await setup("followed");
    const stream = await openStream(`${server.server.url}/api/v1/jobs/${jobs.globex}/stream`, {
      authorization: `Bearer ${globex.viewer}`,
    });
    await stream.until(({ type }) => type === "snapshot");
    const report = (job: string, n: number) =>
      bodyOf(ofAcme.report([line(n, "job.updated", job, { title: "mine" }, source)]));
    expect(await report(jobs.globex, 3)).toMatchObject({ accepted: 0, refused: [{ n: 3 }], followed: false });
    // Nor by a number that has been taken already.
    expect(await report(jobs.globex, 1)).toMatchObject({ accepted: 1, followed: false });
  });

  test("each gets its own commands, and confirms no other's, with or without its name", async () => {
    const { ofAcme, ofGlobex, jobs, source, commands } = await setup("commands");
    await asHolder(server, acme.operator).post(`/api/v1/jobs/${jobs.acme}/pause`);
    const [command] = await commands(ofAcme);
    expect(command).toMatchObject({ job_id: jobs.acme, verb: "pause" });
    expect(await commands(ofGlobex)).toEqual([]);
    for (const query of ["", `?source=${source}`]) {
      const answer = ofGlobex.post(`/api/v1/commands/${command.command_id}/ack${query}`);
      expect(await bodyOf(answer)).toEqual({ confirmed: false });
    }
    expect(await commands(ofAcme)).toHaveLength(1);
    expect(await bodyOf(ofAcme.post(`/api/v1/commands/${command.command_id}/ack`))).toEqual({ confirmed: true });
    expect(await commands(ofAcme)).toEqual([]);
  });

  test("each is given its own tenant's jobs to start, and takes no other's away", async () => {
    const { ofAcme, ofGlobex, source } = await setup("starts");
    const query = `/api/v1/commands?source=${source}&kinds=waits`;
    // It waits while another tenant's job comes: only one of its own ends that.
    const waiting = ofGlobex.ask(`${query}&wait=25`);
    await ofGlobex.ask("/api/v1/session");
    await asHolder(server, acme.admin).post("/api/v1/jobs", { job_id: "starts-theirs", kind: "waits" });
    const [start] = (await bodyOf(ofAcme.ask(query))).commands;
    expect(start).toMatchObject({ verb: "start", job_id: "starts-theirs" });
    const confirm = (holder: typeof ofAcme) => bodyOf(holder.post(`/api/v1/commands/${start.command_id}/ack`));
    expect(await confirm(ofGlobex)).toEqual({ confirmed: false });
    await asHolder(server, globex.admin).post("/api/v1/jobs", { job_id: "starts-ours", kind: "waits" });
    expect((await bodyOf(waiting)).commands).toMatchObject([{ verb: "start", job_id: "starts-ours" }]);
    expect(await confirm(ofAcme)).toEqual({ confirmed: true });
  });

  test("nobody names a worker of another tenant, nor one of this process, by what the server calls it", async () => {
    const { source } = await setup("names");
    const owner = asHolder(server, server.server.accessKey);
    for (const name of [`acme ${source}`, "local:w", " ", "a\tb", ""]) {
      await expectError(
        await owner.ask(`/api/v1/commands?source=${encodeURIComponent(name)}`),
        422,
        "validation_error",
      );
      const [refused] = (await bodyOf(owner.report([line(1, "job.created", "never", { kind: "k" }, name)]))).refused;
      expect(refused).toMatchObject({ error_code: "validation_error" });
    }
  });
});
