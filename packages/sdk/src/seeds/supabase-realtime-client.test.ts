import { describe, expect, onTestFinished, test } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import { scriptSupabase } from "../testing/scripted-supabase.ts";
import { SupabaseRealtimeClient } from "./supabase-realtime-client.ts";

const EVENTS = "playhead_job_events";
const JOBS = "playhead_jobs";
const OF_JOB = { tenant_id: "acme", job_id: "job_a" };
const at = (seq: number) => new Date(Date.UTC(2026, 10, 21) + seq * 1_000).toISOString();
const event = (seq: number, epoch = "e1") => ({ ...OF_JOB, epoch, seq, type: "task.step_changed" });
const row = (seq: number, state = "running", epoch = "e1") => ({ ...OF_JOB, epoch, seq, state, updated_at: at(seq) });
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => event(from + index));

function setup(stored: { events?: ReturnType<typeof event>[]; jobs?: ReturnType<typeof row>[] } = {}) {
  const tables = { [EVENTS]: stored.events ?? [], [JOBS]: stored.jobs ?? [] };
  const script = scriptSupabase(tables);
  const clock = createManualClock();
  const watcher = new SupabaseRealtimeClient({
    supabase: script.supabase,
    tenantId: "acme",
    setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs, false),
    random: () => 0,
  });
  onTestFinished(() => watcher.close());
  return { ...script, watcher, clock, tables };
}

/** A job that is watched, and what is told of it. */
async function watchOne(stored: Parameters<typeof setup>[0] = {}, after = 0) {
  const parts = setup(stored);
  const told: string[] = [];
  const errors: unknown[] = [];
  const watch = parts.watcher.watchJob("job_a", {
    after,
    onEvent: ({ seq, epoch }) => told.push(epoch === "e1" ? `${seq}` : `${epoch}:${seq}`),
    onProgress: ({ seq, state }) => told.push(`${state}@${seq}`),
    onReset: () => told.push("reset"),
    onState: (state) => told.push(state),
    onFallback: (_, lastSeq) => told.push(`from ${lastSeq}`),
    onError: (error) => errors.push(error),
  });
  const { channels, clock } = parts;
  await clock.settle();
  return {
    ...parts,
    told,
    errors,
    watch,
    /** Broadcasts of the database. */
    async say(table: string, ...records: readonly object[]) {
      for (const record of records) channels.at(-1)?.say("broadcast", { payload: { table, record } });
      await clock.settle();
    },
    async ready() {
      channels.at(-1)?.ready();
      await clock.settle();
    },
  };
}

describe("a job", () => {
  test("is told from its beginning, then live, each event once", async () => {
    const { channels, told, ready, say } = await watchOne({ events: events(1, 3), jobs: [row(3)] });
    expect(channels.map(({ topic }) => topic)).toEqual(["playhead:acme:job_a"]);
    await ready();
    await say(EVENTS, event(4), event(4), event(2), event(5));
    await say(JOBS, row(5));
    expect(told).toEqual(["connected", "1", "2", "3", "running@3", "4", "5", "running@5"]);
  });

  test("is told from where somebody knows it", async () => {
    const { told, ready } = await watchOne({ events: events(1, 5), jobs: [row(5)] }, 3);
    await ready();
    expect(told).toEqual(["connected", "4", "5", "running@5"]);
  });

  test("of very many events is read in pages", async () => {
    const { told, ready, asked } = await watchOne({ events: events(1, 1_200) });
    await ready();
    expect(told.slice(1)).toEqual(events(1, 1_200).map(({ seq }) => `${seq}`));
    expect(asked.filter((table) => table === EVENTS)).toHaveLength(3);
  });

  test("of which a broadcast was lost is read again, in order", async () => {
    const { told, ready, say, tables } = await watchOne({ jobs: [row(0)], events: [] });
    await ready();
    tables[EVENTS]?.push(...events(1, 4));
    await say(EVENTS, event(1), event(4));
    expect(told.filter((each) => /^\d/.test(each))).toEqual(["1", "2", "3", "4"]);
  });

  test("whose row knows more than was heard is read again, and so is one that went silent", async () => {
    const { told, ready, say, tables, clock } = await watchOne({ jobs: [row(0)] });
    await ready();
    tables[EVENTS]?.push(event(1));
    await say(JOBS, row(1));
    expect(told).toContain("1");
    tables[EVENTS]?.push(event(2));
    tables[JOBS]?.splice(0, 1, row(2, "completed"));
    await clock.advance(30_000);
    expect(told.slice(-2)).toEqual(["2", "completed@2"]);
    // It is over: nobody asks again.
    await clock.advance(30_000);
    expect(clock.timers().all).toBe(0);
  });

  test("that was restored begins anew", async () => {
    const { told, ready, say, tables } = await watchOne({ events: events(1, 2), jobs: [row(2)] });
    await ready();
    tables[EVENTS]?.splice(1, 1, event(2, "e2"));
    tables[JOBS]?.splice(0, 1, row(2, "running", "e2"));
    await say(JOBS, row(2, "running", "e2"));
    expect(told.slice(4)).toEqual(["reset", "1", "e2:2", "running@2"]);
  });

  test("is not told twice by a handler that throws, and the next is told all the same", async () => {
    const { watcher, channels, clock } = setup({ events: events(1, 2) });
    const heard: number[] = [];
    const errors: unknown[] = [];
    watcher.watchJob("job_a", {
      onEvent({ seq }) {
        heard.push(seq);
        throw new Error(`no ${seq}`);
      },
      onError: (error) => errors.push(error),
    });
    await clock.settle();
    channels.at(-1)?.ready();
    await clock.settle();
    expect([heard, errors]).toEqual([
      [1, 2],
      [new Error("no 1"), new Error("no 2")],
    ]);
  });
});

describe("where a watch stands", () => {
  test("a cut is reconnecting, then connected, and what was missed is read", async () => {
    const { told, ready, channels, tables } = await watchOne({ events: events(1, 2) });
    await ready();
    channels[0]?.status("CHANNEL_ERROR", new Error("socket closed: 1006"));
    tables[EVENTS]?.push(event(3));
    await ready();
    expect(told).toEqual(["connected", "1", "2", "reconnecting", "connected", "3"]);
    expect(channels).toHaveLength(1);
  });

  test.each(["CHANNEL_ERROR", "TIMED_OUT"])(
    "after %s twice in a row others tell, from the last event on",
    async (status) => {
      const { told, ready, channels, watch } = await watchOne({ events: events(1, 2) });
      await ready();
      channels[0]?.status(status);
      channels[0]?.status(status);
      expect(told.slice(3)).toEqual(["reconnecting", "fallback", "from 2"]);
      await ready();
      expect(watch.state).toBe("connected");
    },
  );

  test("joined, but without changes coming through for 10 s, is a fallback until they do", async () => {
    const { told, channels, clock, ready } = await watchOne();
    channels[0]?.status("SUBSCRIBED");
    await clock.advance(9_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(["fallback", "from 0"]);
    await ready();
    expect(told.at(-1)).toBe("connected");
  });

  test("a channel that the server closed is opened again, soon at first, then now and then", async () => {
    const { channels, clock, ready, told } = await watchOne({ events: events(1, 1) });
    await ready();
    channels[0]?.status("CLOSED");
    await clock.advance(1_000);
    expect(channels).toHaveLength(2);
    channels[1]?.status("CLOSED");
    await clock.advance(29_999);
    expect([channels.length, told.at(-1)]).toEqual([2, "from 1"]);
    await clock.advance(1);
    expect(channels).toHaveLength(3);
    await ready();
    expect(told.at(-1)).toBe("connected");
  });

  test("a reading that fails is told, and tried again", async () => {
    const { told, errors, clock, ready, failReadings } = await watchOne({ events: events(1, 1) });
    failReadings(new Error("permission denied"));
    await ready();
    await clock.advance(1_000);
    expect(errors).toEqual([new Error("permission denied"), new Error("permission denied")]);
    failReadings(null);
    await clock.advance(2_000);
    expect(told).toEqual(["connected", "1"]);
  });

  test("nothing is joined before the token is there; where it cannot be had it is tried again", async () => {
    const { watcher, channels, clock, holdToken } = setup();
    const states: string[] = [];
    const first = holdToken();
    watcher.watchJob("job_a", { onState: (state, reason) => states.push(`${state}: ${reason}`) });
    await clock.settle();
    expect(channels).toHaveLength(0);
    first.reject(new Error("signed out"));
    await clock.settle();
    const second = holdToken();
    await clock.advance(1_000);
    second.resolve();
    await clock.settle();
    expect(channels).toHaveLength(1);
    channels[0]?.ready();
    expect(states).toEqual(["connected: null"]);
  });

  test("closed, it says nothing more", async () => {
    const { told, watch, ready, say, removed, clock } = await watchOne({ events: events(1, 1) });
    await ready();
    await watch.close();
    await say(EVENTS, event(2));
    await clock.advance(120_000);
    expect(told).toEqual(["connected", "1", "closed"]);
    expect([removed, watch.state, clock.timers().all]).toEqual([["playhead:acme:job_a"], "closed", 0]);
  });
});

describe("jobs of a tenant", () => {
  const jobRow = (jobId: string, seq: number, kind = "clips") => ({ ...row(seq), job_id: jobId, kind });

  test("are narrowed on the server: by the tenant always, and by what is listed", async () => {
    const { watcher, channels, clock } = setup();
    watcher.watchJobs({}, {});
    watcher.watchJobs({ state: ["running", "paused"], kind: 'a,b"c', user_id: "u_7" }, {});
    await clock.settle();
    expect(channels.map(({ filters }) => filters)).toEqual([
      ["tenant_id=eq.acme"],
      ['tenant_id=eq.acme,state=in.(running,paused),kind=eq."a,b\\"c",user_id=eq.u_7'],
    ]);
    expect(channels[0]?.topic).not.toBe(channels[1]?.topic);
  });

  test.each([
    { filter: { title: "x" }, message: "expected a filter by state, kind, user_id, job_id, got one by title" },
    { filter: { tenant_id: "globex" }, message: "got one by tenant_id" },
    { filter: { state: [] }, message: "expected 1 to 100 values of state, got 0" },
  ])("a filter $filter is refused", ({ filter, message }) => {
    const { watcher } = setup();
    expect(() => watcher.watchJobs(filter as never, {})).toThrow(message);
  });

  test("are told as they are, then as they change; after a cut what changed meanwhile", async () => {
    const { watcher, channels, clock, tables } = setup();
    tables[JOBS]?.push(jobRow("b", 2), jobRow("a", 1), jobRow("c", 3, "merge"));
    const told: string[] = [];
    watcher.watchJobs({ kind: "clips" }, { onProgress: ({ job_id, seq }) => told.push(`${job_id}${seq}`) });
    await clock.settle();
    const [channel] = channels;
    channel?.ready();
    await clock.settle();
    channel?.say("postgres_changes", { new: jobRow("a", 4) });
    channel?.say("postgres_changes", { new: jobRow("a", 4) });
    channel?.status("CHANNEL_ERROR");
    tables[JOBS]?.splice(0, 1, jobRow("b", 9));
    channel?.ready();
    await clock.settle();
    expect(told).toEqual(["a1", "b2", "a4", "b9"]);
  });
});

test.each(["", "a:b"])("tenant %j is refused: no topic could name it", (tenantId) => {
  const { supabase } = setup();
  expect(() => new SupabaseRealtimeClient({ supabase, tenantId })).toThrow("expected a tenant without a colon");
});
