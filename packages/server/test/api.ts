import { connect } from "node:net";
import { isErrorCode } from "@playhead/core";
import { expect } from "vitest";
import type { TestServer } from "./start-server.ts";

/** What an answer holds. */
// biome-ignore lint/suspicious/noExplicitAny: what a test looks into is its own affair
export const bodyOf = async (answer: Response | Promise<Response>): Promise<any> => (await answer).json();

/** An error as it has to look: a code of ours with its status, nothing of our insides. */
export async function expectError(answer: Response, status: number, code: string): Promise<string> {
  const body = await bodyOf(answer);
  expect([answer.status, body.error_code]).toEqual([status, code]);
  // Senders of OTLP look for a `google.rpc.Status`.
  const ofStatus = new URL(answer.url).pathname.startsWith("/v1/") ? ["code", "message"] : [];
  const fields = [...ofStatus, "detail", "error_class", "error_code", "error_message"];
  expect(Object.keys(body).sort()).toEqual(fields.sort());
  expect(isErrorCode(body.error_code)).toBe(true);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("x-correlation-id")).toMatch(/^[0-9a-f]{32}$/);
  expect(body.error_message).not.toMatch(/node_modules|\.ts:|\/src\//);
  return body.error_message;
}

/** A line of a report, as a worker elsewhere writes it. */
export const line = (n: number | undefined, type: string, jobId: string, data: object = {}, source = `w-${jobId}`) => ({
  source,
  ...(n !== undefined && { n }),
  type,
  job_id: jobId,
  ts: "2026-11-21T10:42:00.000Z",
  data,
});

/** The same lines as if they were written now: for figures, and backtests, of the last day. */
export function ofNow<Line extends object>(lines: readonly Line[]): readonly Line[] {
  const ts = new Date().toISOString();
  return lines.map((each) => ({ ...each, ts }));
}

/** A job that runs, with a task at work, reported by a worker elsewhere. */
export async function reportRunningJob(server: TestServer, jobId: string): Promise<void> {
  const answer = await server.report([
    line(1, "job.created", jobId, { kind: "clips", title: `Job ${jobId}` }),
    line(2, "job.state_changed", jobId, { new_state: "running" }),
    line(3, "task.created", jobId, { task_id: "t1", kind: "step", title: "Render" }),
    line(4, "task.started", jobId, { task_id: "t1" }),
    line(undefined, "progress.updated", jobId, { task_id: "t1", percent_complete: 50 }),
    line(5, "log", jobId, { level: "warning", message: "slow" }),
  ]);
  expect(await answer.json()).toEqual({ accepted: 5, refused: [], followed: expect.any(Boolean) });
}

/** Sends what no client would, and returns the whole answer. */
export function rawRequest(server: TestServer, text: string): Promise<string> {
  const { port, hostname } = new URL(server.server.url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname, () => socket.write(text));
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.on("error", () => resolve(answer));
  socket.on("close", () => resolve(answer));
  return promise;
}
