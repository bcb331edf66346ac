import { readFileSync } from "node:fs";

/** A server with its key, and what tests ask of it. */
export function submitting(url: string, key: string) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what a server answers
  type Body = any;

  async function ask(method: string, path: string, body?: object | Buffer): Promise<{ status: number; body: Body }> {
    const isFile = Buffer.isBuffer(body);
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { "content-type": isFile ? "video/mp4" : "application/json" }),
      },
      ...(body !== undefined && { body: isFile ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Long polls until the job has ended. */
  async function ended(jobId: string, limitMs = 60_000) {
    const untilMs = Date.now() + limitMs;
    for (;;) {
      const { body } = await ask("GET", `jobs/${jobId}`);
      if (["completed", "failed", "canceled"].includes(body.state)) return body;
      if (Date.now() > untilMs)
        throw new Error(`job ${jobId} is ${body.state} after ${limitMs} ms: ${JSON.stringify(body.waiting)}`);
      await fetch(`${url}/api/v1/jobs/${jobId}/poll?since=${body.seq}&wait=1`, {
        headers: { authorization: `Bearer ${key}` },
      });
    }
  }

  return {
    ask,
    ended,
    upload: async (path: string, name: string) =>
      (await ask("POST", `uploads?name=${encodeURIComponent(name)}`, readFileSync(path))).body,
  };
}
