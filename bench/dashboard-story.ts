/** A large job as its worker tells of it. */
export interface BigJob {
  readonly jobId: string;
  readonly tracks: number;
  /** Calls of the last track: the page of a large job has only the newest in hand. */
  readonly spans: number;
}

/** Records a request: a server takes no more facts at once. */
const RECORDS_A_REQUEST = 500;
/** A scene has so many tracks. */
const TRACKS_A_SCENE = 25;
const TRACK_MS = 8_000;
/** So many tracks are at work at a time. */
const PARALLEL = 8;
const STEPS = ["extracting_segment", "rendering", "uploading"] as const;

/** Tells a whole job over HTTP, as if it had ended just now: its tracks with their steps, and the calls of the last. */
export async function tellBigJob(url: string, key: string, { jobId, tracks, spans }: BigJob): Promise<void> {
  const lastedMs = (tracks / PARALLEL) * TRACK_MS + TRACK_MS;
  const startMs = Date.now() - lastedMs;
  let n = 0;
  const fact = (atMs: number, type: string, data: object) => ({
    ...{ type, job_id: jobId, ts: new Date(startMs + atMs).toISOString(), source: jobId, n: ++n },
    data,
  });
  const told: { readonly atMs: number; readonly type: string; readonly data: object }[] = [];
  // Each slot works one off after the other.
  const fromMsOf = (at: number) => Math.floor(at / PARALLEL) * TRACK_MS + (at % PARALLEL) * 300;
  const lastFromMs = fromMsOf(tracks - 1);
  for (let at = 0; at < tracks; at += 1) {
    const task_id = `t${at}`;
    const fromMs = fromMsOf(at);
    STEPS.forEach((step, place) => {
      const data = { task_id, step, state: "processing" };
      told.push({ atMs: fromMs + place * 2_000, type: "task.step_changed", data });
    });
    const ends = at % 40 === 7 ? "task.failed" : "task.completed";
    const error = ends === "task.failed" ? { error_code: "encoder_failed", error_message: "the encoder stopped" } : {};
    told.push({ atMs: fromMs + 6_500, type: ends, data: { task_id, ...error } });
  }
  told.sort((a, b) => a.atMs - b.atMs);
  const records = [
    fact(0, "job.created", { kind: "clips", title: "A large job" }),
    fact(0, "job.state_changed", { new_state: "running" }),
    ...Array.from({ length: Math.ceil(tracks / TRACKS_A_SCENE) }, (_, at) =>
      fact(0, "task.created", { task_id: `s${at}`, kind: "scene", title: `Scene ${at + 1}` }),
    ),
    ...Array.from({ length: tracks }, (_, at) => {
      const parent_id = `s${Math.floor(at / TRACKS_A_SCENE)}`;
      return fact(0, "task.created", { task_id: `t${at}`, parent_id, kind: "clip", title: `Clip ${at + 1}` });
    }),
    ...told.map(({ atMs, type, data }) => fact(atMs, type, data)),
    fact(lastedMs, "job.completed", { summary: {} }),
    ...Array.from({ length: spans }, (_, at) => {
      const endMs = lastFromMs + Math.floor((6_400 * (at + 1)) / spans);
      // Ten calls within each eleventh.
      const parent = at % 11 === 10 ? null : at - (at % 11) + 10;
      return fact(endMs, "function.completed", {
        ...{
          category: "function",
          name: `call${at % 40}`,
          task_id: `t${tracks - 1}`,
          duration_ms: at % 11 === 10 ? 0.7 : 0.05,
        },
        span_id: spanId(at),
        parent_span_id: parent === null ? null : spanId(Math.min(parent, spans - 1)),
      });
    }),
  ];
  for (let from = 0; from < records.length; from += RECORDS_A_REQUEST) {
    const lines = records.slice(from, from + RECORDS_A_REQUEST).map((record) => `${JSON.stringify(record)}\n`);
    const answer = await fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body: lines.join(""),
    });
    const said = await answer.text();
    if (!answer.ok || said.includes('"refused":[{'))
      throw new Error(`expected the job to be taken, got ${answer.status} ${said}`);
  }
}

const spanId = (at: number) => (at + 1).toString(16).padStart(16, "0");
