import { JOB_STATES, type JobState } from "@playhead/core";
import { expect, test } from "vitest";
import { pauseOrResume, whyNever, whyNot } from "./control-rules.ts";

/** Which requests make sense in which state. */
const ALLOWED: Readonly<Record<JobState, string>> = {
  pending: "cancel",
  running: "pause cancel",
  pausing: "resume cancel",
  paused: "resume cancel",
  completing: "",
  canceling: "",
  completed: "",
  canceled: "",
  failed: "",
};

test.each(JOB_STATES)("%s: what may be asked, and a reason for what may not", (state) => {
  const verbs = ["pause", "resume", "cancel"] as const;
  expect(verbs.filter((verb) => whyNot(verb, state, true) === null).join(" ")).toBe(ALLOWED[state]);
  for (const verb of verbs) expect(whyNot(verb, state, false)).toMatch(/\.$/);
});

test.each(JOB_STATES)("%s: only what failed or was canceled is retried", (state) => {
  expect(whyNever("retry", state) === null).toBe(state === "failed" || state === "canceled");
});

test.each(JOB_STATES)("%s offers what may be asked, where either may", (state) => {
  if (/pause|resume/.test(ALLOWED[state])) expect(ALLOWED[state]).toContain(pauseOrResume(state));
});
