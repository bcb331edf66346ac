/** Jobs that run, each of which tells several times a second how far it is. */
export interface LiveJobs {
  readonly jobIds: readonly string[];
  /** How many reports were sent, and how many of them the server took. */
  readonly counts: { sent: number; taken: number };
  stop(): Promise<void>;
}

export interface LiveJobsOptions {
  readonly url: string;
  readonly key: string;
  readonly jobs: number;
  readonly updatesPerSecond: number;
}

/** Facts a request: a server takes no more at once. */
const FACTS_A_REQUEST = 500;

/** Begins jobs over HTTP, and reports of them as a worker elsewhere would, until it is stopped. */
export async function startLiveJobs({ url, key, jobs, updatesPerSecond }: LiveJobsOptions): Promise<LiveJobs> {
  const source = "bench_live";
  const jobIds = Array.from({ length: jobs }, (_, at) => `job_live_${at}`);
  const counts = { sent: 0, taken: 0 };
  let n = 0;

  const fact = (type: string, job_id: string, data: object) => ({
    ...{ type, job_id, ts: new Date().toISOString(), source, n: ++n },
    data,
  });
  async function report(records: readonly object[]): Promise<void> {
    const answer = await fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body: records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    });
    if (!answer.ok) throw new Error(`expected the server to take reports, got ${answer.status} ${await answer.text()}`);
  }

  const begun = jobIds.flatMap((jobId, at) => [
    fact("job.created", jobId, { kind: "clips", title: `Live ${at}` }),
    fact("job.state_changed", jobId, { new_state: "running" }),
    ...Array.from({ length: 4 }, (_, task) =>
      fact("task.created", jobId, { task_id: `t${task}`, kind: "clip", title: `Clip ${task}` }),
    ),
    fact("task.started", jobId, { task_id: "t0" }),
  ]);
  for (let from = 0; from < begun.length; from += FACTS_A_REQUEST) {
    await report(begun.slice(from, from + FACTS_A_REQUEST));
  }

  let turn = 0;
  let underWay = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    // A server that is behind gets the next values, not a heap of old ones: so do workers.
    if (isBusy) return;
    isBusy = true;
    turn += 1;
    const percent_complete = (turn / 40) % 100;
    const ts = new Date().toISOString();
    const ticks = jobIds.map((job_id) => ({
      ...{ type: "progress.updated", job_id, ts, source },
      data: { task_id: "t0", percent_complete },
    }));
    counts.sent += ticks.length;
    underWay = report(ticks)
      .then(() => {
        counts.taken += ticks.length;
      })
      .finally(() => {
        isBusy = false;
      });
  }, 1_000 / updatesPerSecond);
  return {
    jobIds,
    counts,
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
