import type { BatchAck } from "@playhead/core";
import type { DashboardServer } from "./dashboard-server.ts";
import { type ToldCall, tellPast } from "./tell-calls.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SOURCE = "past_jobs";
/** Facts a request: a server takes no more at once. */
const FACTS_A_REQUEST = 500;
const EVERY_HOURS = 5;
/** When rendering became slower. */
const CHANGED_HOURS_AGO = 80;
const PLACES = ["Harbour at dawn", "Market hall", "Night train", "City library", "Theatre", "Old bridge"];
const STYLES = ["original", "split", "center_focus", "blur_background"];
const FAULTS = [
  { error_code: "disk_full", error_message: "the disk has no room for another clip", hint: "free 3 GB, then retry" },
  { error_code: "encoder_failed", error_message: "the encoder stopped at frame 412" },
] as const;

/** Tells of two weeks of work: jobs with their clips, of which some fail, and calls that became slower half a week ago. */
export async function tellPastJobs(server: DashboardServer, { hours = 14 * 24 } = {}): Promise<void> {
  const nowMs = Date.now();
  const facts: object[] = [];
  const calls: ToldCall[] = [];
  for (let hour = hours; hour > 0; hour -= 1) {
    const atMs = nowMs - hour * HOUR_MS + 7 * MINUTE_MS;
    const slowdown = hour < CHANGED_HOURS_AGO ? 1.4 : 1;
    for (let at = 0; at < 4; at += 1) {
      const wobble = 0.85 + (((hour * 4 + at) * 37) % 31) / 100;
      calls.push({ atMs: atMs + at, name: "renderClip", durationMs: 9_200 * wobble * slowdown });
      calls.push({ atMs: atMs + at, name: "probe", durationMs: 41 * wobble, failed: (hour * 4 + at) % 97 === 0 });
      calls.push({ atMs: atMs + at, name: "PUT /clips", category: "api", durationMs: 310 * wobble });
    }
    if (hour % EVERY_HOURS === 0) facts.push(...jobFacts(hour, atMs, slowdown));
  }
  for (let from = 0; from < facts.length; from += FACTS_A_REQUEST) {
    const response = await fetch(`${server.origin}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/x-ndjson" },
      body: facts
        .slice(from, from + FACTS_A_REQUEST)
        .map((fact, at) => `${JSON.stringify({ source: SOURCE, n: from + at + 1, ...fact })}\n`)
        .join(""),
    });
    const ack = (await response.json()) as BatchAck;
    if (!response.ok || (ack.refused ?? []).length > 0) throw new Error(`the server refused: ${JSON.stringify(ack)}`);
  }
  for (let from = 0; from < calls.length; from += FACTS_A_REQUEST) {
    await tellPast(server, { calls: calls.slice(from, from + FACTS_A_REQUEST) });
  }
}

/** One job from its creation to its end: a scene, and a clip of each style. */
function jobFacts(hour: number, startMs: number, slowdown: number): readonly object[] {
  const job_id = `job_past_${hour}`;
  const fault = hour % 7 === 0 ? FAULTS[(hour / 7) % FAULTS.length] : undefined;
  let atMs = startMs;
  const fact = (type: string, data: object) => ({ type, job_id, ts: new Date(atMs).toISOString(), data });
  const facts = [
    fact("job.created", {
      kind: "clips",
      title: `${PLACES[hour % PLACES.length]} ${hour}`,
      user_id: `user-${hour % 3}`,
    }),
    fact("job.state_changed", { new_state: "running" }),
    fact("task.created", { task_id: "s", kind: "scene", title: PLACES[hour % PLACES.length] }),
    ...STYLES.map((style) =>
      fact("task.created", { task_id: style, parent_id: "s", kind: "clip", title: style, fields: { style } }),
    ),
  ];
  for (const [at, task_id] of STYLES.entries()) {
    for (const [step, ms] of [
      ["extracting_segment", 1_400],
      ["rendering", 9_000 * slowdown],
      ["uploading", 1_800],
    ] as const) {
      facts.push(fact("task.step_changed", { task_id, step, state: "processing" }));
      atMs += ms;
    }
    const isFailed = fault !== undefined && at === 2;
    facts.push(fact(isFailed ? "task.failed" : "task.completed", { task_id, ...(isFailed && fault) }));
  }
  // Of a full disk the whole job dies.
  const isDead = fault?.error_code === "disk_full";
  facts.push(fact(isDead ? "job.failed" : "job.completed", isDead ? fault : { summary: {} }));
  return facts;
}
