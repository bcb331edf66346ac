import { afterEach, describe, expect, test } from "vitest";
import { fastClock } from "../../test/fast-clock.ts";
import { startHttpGateway } from "../../test/http-gateway.ts";
import { goOn, jobHistory } from "../../test/job-history.ts";
import { until } from "../../test/until.ts";
import { createPlayheadClient, type PlayheadClient, type PlayheadClientOptions } from "../client.ts";

const clients: PlayheadClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function setup(options: Partial<PlayheadClientOptions>) {
  const history = jobHistory();
  const gateway = await startHttpGateway(history);
  const client = createPlayheadClient({ url: gateway.url, clock: fastClock(), ...options });
  clients.push(client);
  const store = client.watchJob(history.jobId);
  const isCaughtUp = () => {
    const { job, live } = store.getSnapshot();
    return live && job?.seq === history.job().seq && job.tick === history.job().tick;
  };
  return { history, gateway, client, store, caughtUp: () => until(store, isCaughtUp) };
}

const asks = (asked: readonly string[], what: string) => asked.filter((path) => path.endsWith(what)).length;

describe.each(["event_stream", "polling"] as const)("over %s", (transport) => {
  const path = transport === "event_stream" ? "/stream" : "/poll";

  test("I17: a job is followed, whatever breaks on the way, and each fact is told once", async () => {
    const { history, gateway, store, caughtUp } = await setup({ transports: [transport] });
    const told: number[] = [];
    store.on("*", ({ seq, tick }) => tick === undefined && told.push(seq));
    await caughtUp();
    const first = history.job().seq;
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i < 5; i++) goOn(history, round * 5 + i);
      if (round % 10 === 3) gateway.cut();
      else if (round % 10 === 7) gateway.endStreams();
      else gateway.tell();
      await caughtUp();
    }
    // A tick that facts overtook is made good by the next one, which a job that goes on always sends.
    for (const { task_id } of history.job().tasks.values()) {
      history.tick("clip.progress", { task_id, percent_complete: 99.5 });
    }
    gateway.tell();
    await caughtUp();
    expect(store.getSnapshot().job).toEqual(history.job());
    expect(told).toEqual(Array.from({ length: history.job().seq - first }, (_, index) => first + 1 + index));
    expect(asks(gateway.asked, path)).toBeGreaterThan(6);
  });

  test("I17: where the position cannot be continued, a snapshot takes the place", async () => {
    const { history, gateway, store, caughtUp } = await setup({ transports: [transport] });
    store.subscribe(() => {});
    await caughtUp();
    Object.assign(history, { epoch: "e2" });
    gateway.cut();
    await until(store, ({ epoch }) => epoch === "e2");
    expect(store.getSnapshot().job).toEqual(history.job());
  });

  test("I17: a list and a log are followed as well", async () => {
    const { history, gateway, client, store } = await setup({ transports: [transport] });
    const list = client.watchJobs({ user_id: "u_7", limit: 5 });
    const line = (log_id: number) =>
      ({ log_id, ts: "", job_id: history.jobId, task_id: null, level: "info", message: "", fields: {} }) as const;
    for (let id = 1; id <= 700; id++) gateway.log.push(line(id));
    await until(list, ({ live }) => live);
    await until(store.logs, ({ loaded }) => loaded);
    history.fact("job.updated", { title: "Another title" });
    gateway.log.push(line(701), line(702));
    await until(list, ({ jobs }) => jobs[0]?.title === "Another title");
    const tail = await until(store.logs, ({ lines }) => lines.at(-1)?.log_id === 702);
    expect(tail.lines.map(({ log_id }) => log_id)).toEqual(Array.from({ length: 502 }, (_, index) => 201 + index));
  });

  test("a job that is not there is said so, and nothing else is harmed", async () => {
    const { client, store, caughtUp } = await setup({ transports: [transport] });
    const missing = client.watchJob("job_0");
    const { error } = await until(missing, (feed) => feed.error !== null);
    expect(error?.error_code).toBe("not_found");
    store.subscribe(() => {});
    await caughtUp();
  });

  test("a token is asked for before each request; without a good one the server's no is final", async () => {
    let asked = 0;
    const { history, gateway, client, store, caughtUp } = await setup({
      transports: [transport],
      token: async () => `t${++asked}`,
    });
    const seen = new Set<unknown>();
    let isGood = true;
    gateway.intercept((pathname, response, { headers }) => {
      if (!pathname.includes("/jobs/")) return false;
      seen.add(headers.authorization);
      if (!isGood) response.writeHead(401).end("{}");
      return !isGood;
    });
    store.subscribe(() => {});
    await caughtUp();
    history.fact("job.updated", { title: "Another title" });
    gateway.cut();
    await caughtUp();
    expect(seen.size).toBeGreaterThan(1);
    isGood = false;
    gateway.cut();
    const state = await until(client.connection, ({ status }) => status === "refused");
    expect(state).toMatchObject({ code: 4500 });
  });
});

describe("by itself", () => {
  test("I16: where no WebSocket gets through it goes on with server-sent events", async () => {
    const { history, gateway, store, caughtUp } = await setup({});
    store.subscribe(() => {});
    await caughtUp();
    expect(store.getSnapshot().job).toEqual(history.job());
    // Three times, and once more when the server was found to be there.
    expect(asks(gateway.asked, "/ws")).toBe(4);
    expect(asks(gateway.asked, "/stream")).toBe(1);
    expect(asks(gateway.asked, "/poll")).toBe(0);
  });

  test("I16: where streams are kept back as well it polls", async () => {
    const { history, gateway, store, caughtUp } = await setup({});
    gateway.intercept((pathname, response) => {
      if (!pathname.endsWith("/stream")) return false;
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      return true;
    });
    store.subscribe(() => {});
    await caughtUp();
    expect(store.getSnapshot().job).toEqual(history.job());
    expect(asks(gateway.asked, "/stream")).toBe(3);
  });

  test("I16: an answer in the server's place is not believed", async () => {
    const { gateway, store, caughtUp } = await setup({});
    gateway.intercept((pathname, response) => {
      if (!pathname.endsWith("/stream")) return false;
      response.writeHead(200, { "content-type": "text/html" }).end("<p>Sign in to this network</p>");
      return true;
    });
    store.subscribe(() => {});
    await caughtUp();
    expect(asks(gateway.asked, "/poll")).toBeGreaterThan(0);
  });
});
