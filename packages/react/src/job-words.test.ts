import type { ConnectionState } from "@playhead/client";
import { formatClock } from "@playhead/client/format";
import { type JobState, NO_PROGRESS, type ViewedError } from "@playhead/core";
import { expect, test } from "vitest";
import { type ShownJob, wordsOf } from "./job-words.ts";

const LOST_AT = Date.parse("2026-11-21T10:42:05.000Z");
const CLOCK = formatClock(LOST_AT, { seconds: true });
const ETA = { percent_complete: 42.9, eta_ms: 240_000, eta_low_ms: 180_000, eta_high_ms: 360_000 };
const job = (state: JobState, more: Partial<ShownJob> = {}): ShownJob => ({
  title: "Episode 12",
  state,
  progress: { ...NO_PROGRESS, ...ETA },
  ...more,
});
const waiting: ConnectionState = { status: "waiting", attempt: 1, lostAtMs: LOST_AT, retryAtMs: LOST_AT };
const failed: ViewedError = {
  error_code: "disk_full",
  error_message: "the disk has 12 MB left",
  error_class: "environment",
  ts: "",
  task_id: null,
};
const notFound = {
  error_code: "not_found",
  error_message: "there is no job x",
  error_class: "input",
  detail: {},
} as const;
const left = "≈ 4 min (3–6)";

const CASES = [
  { name: "nothing yet", given: { job: null }, state: "loading", trouble: null, left: null },
  {
    name: "no such job",
    given: { job: null, error: notFound },
    state: "not available",
    trouble: "there is no job x",
    left: null,
  },
  {
    name: "a server that does not answer",
    given: { job: null, connection: { ...waiting, lostAtMs: null } },
    state: "not loaded",
    trouble: "the server does not answer; trying again",
    left: null,
  },
  {
    name: "the first attempt",
    given: { job: null, connection: { status: "connecting", attempt: 0, lostAtMs: null } },
    state: "loading",
    trouble: null,
    left: null,
  },
  { name: "running", given: { job: job("running") }, state: "running", trouble: null, left },
  {
    name: "online",
    given: { job: job("running"), connection: { status: "online", attempt: 0, onlineAtMs: 0, retryWindowMs: 0 } },
    state: "running",
    trouble: null,
    left,
  },
  {
    name: "slow",
    given: { job: job("running", { liveness: "slow" }) },
    state: "running",
    trouble: "slower than before",
    left,
  },
  {
    name: "stalled",
    given: { job: job("running", { liveness: "stalled" }) },
    state: "running",
    trouble: "nothing has moved for a while",
    left: null,
  },
  {
    name: "stuck",
    given: { job: job("running", { liveness: "stuck" }) },
    state: "running",
    trouble: "nothing was heard of it for a while",
    left: null,
  },
  {
    name: "lost",
    given: { job: job("running", { liveness: "lost" }) },
    state: "running",
    trouble: "the machine that works on it does not answer",
    left: null,
  },
  {
    name: "paused, and why",
    given: { job: job("paused", { reason: "asked by u_7" }) },
    state: "paused",
    trouble: "asked by u_7",
    left,
  },
  {
    name: "failed",
    given: { job: job("failed", { reason: "disk_full", error: failed, liveness: "lost" }) },
    state: "failed",
    trouble: "the disk has 12 MB left",
    left: null,
  },
  { name: "done", given: { job: job("completed") }, state: "done", trouble: null, left: null },
  {
    name: "reconnecting",
    given: { job: job("running"), connection: waiting },
    state: "running",
    trouble: `reconnecting; as of ${CLOCK}`,
    left,
  },
  {
    name: "offline",
    given: { job: job("running"), connection: { ...waiting, status: "offline" } },
    state: "running",
    trouble: `offline; as of ${CLOCK}`,
    left,
  },
  {
    name: "two troubles",
    given: { job: job("running", { liveness: "slow" }), connection: waiting },
    state: "running",
    trouble: `slower than before, reconnecting; as of ${CLOCK}`,
    left,
  },
  {
    name: "refused",
    given: {
      job: job("running"),
      connection: { status: "refused", attempt: 0, lostAtMs: LOST_AT, code: 4500, reason: "" },
    },
    state: "running",
    trouble: "not connected: access was refused",
    left,
  },
] as const;

test.each(CASES)("$name", ({ given, state, trouble, left: expectedLeft }) => {
  const words = wordsOf({ connection: undefined, error: null, ...given });
  expect(words).toMatchObject({ state, trouble, left: expectedLeft });
  if (trouble !== null) expect(words.spoken).toContain(trouble);
});
