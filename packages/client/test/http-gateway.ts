import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type EventFrame, type JobSummary, type LogLine, type ServerFrame, summaryOf } from "@playhead/core";
import { onTestFinished } from "vitest";
import type { JobHistory } from "./job-history.ts";
import { missed } from "./scripted-gateway.ts";

/** A server that speaks what stands in docs/protocol.md for plain HTTP, about one job; over real sockets. */
export interface HttpGateway {
  readonly url: string;
  /** What was asked for, as `METHOD path`, in order. */
  readonly asked: readonly string[];
  /** What the job's log holds. */
  readonly log: LogLine[];
  /** Says to whoever follows the job that there is something new. */
  tell(): void;
  /** Ends all connections as a network does that breaks. */
  cut(): void;
  /** Ends all streams as a server does when a client is too slow. */
  endStreams(): void;
  /** May answer in the place of the server; true says that it did. */
  intercept(answer: (path: string, response: ServerResponse, request: IncomingMessage) => boolean): void;
}

const POSITION = /^(\w+):(\d+):(\d+)$/;

interface Follower {
  readonly look: () => void;
  readonly end: () => void;
}

/** Starts one; it ends with the test. */
export async function startHttpGateway(history: JobHistory): Promise<HttpGateway> {
  const asked: string[] = [];
  const log: LogLine[] = [];
  const followers = new Set<Follower>();
  let intercept: (path: string, response: ServerResponse, request: IncomingMessage) => boolean = () => false;

  /** What a client at a text position lacks, and where it stands then. */
  function since(text: string | null): { readonly frames: readonly ServerFrame[]; readonly seq: number; tick: number } {
    const { seq, tick } = history.job();
    const [, epoch, knownSeq, knownTick] = POSITION.exec(text ?? "") ?? [];
    const known = { seq: Number(knownSeq), tick: Number(knownTick) };
    if (epoch === history.epoch && known.seq <= seq) return { frames: missed(history, known), seq, tick };
    const envelope = { job_id: history.jobId, epoch: history.epoch, seq, tick, ts: "", correlation_id: "" };
    const reset: ServerFrame = { type: "reset", data: { job_id: history.jobId, reason: "another history" } };
    const snapshot: ServerFrame = { type: "snapshot", ...envelope, data: history.snapshot() };
    return { frames: text === null ? [snapshot] : [reset, snapshot], seq, tick };
  }

  const textOf = ({ seq, tick }: { seq: number; tick: number }) => `${history.epoch}:${seq}:${tick}`;

  function follow(response: ServerResponse, follower: Follower): void {
    followers.add(follower);
    response.on("close", () => followers.delete(follower));
    follower.look();
  }

  function stream(from: string | null, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 200\n\n");
    let position: { seq: number; tick: number } | null = null;
    const look = () => {
      const { frames, seq, tick } = since(position === null ? from : textOf(position));
      for (const frame of frames) {
        position = after(position ?? { seq: 0, tick: 0 }, frame as EventFrame);
        response.write(`id: ${textOf(position)}\ndata: ${JSON.stringify(frame)}\n\n`);
      }
      position = { seq, tick };
    };
    follow(response, { look, end: () => response.end() });
  }

  function poll(from: string | null, waitSec: number, response: ServerResponse): void {
    const answer = (frames: readonly ServerFrame[], position: string) => {
      clearTimeout(timer);
      if (!response.writableEnded) response.end(JSON.stringify({ frames, position }));
    };
    const timer = setTimeout(() => answer([], from ?? ""), waitSec * 10);
    const look = () => {
      const found = since(from);
      if (found.frames.length > 0) answer(found.frames, textOf(found));
    };
    follow(response, { look, end: () => response.end() });
  }

  function logs(query: URLSearchParams): readonly LogLine[] {
    const after = Number(query.get("after") ?? -1);
    const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
    const limit = Number(query.get("limit") ?? 200);
    const found = log.filter(({ log_id }) => log_id > after && log_id < before);
    return query.has("after") ? found.slice(0, limit) : found.slice(-limit);
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    asked.push(`${request.method} ${pathname}`);
    if (intercept(pathname, response, request)) return;
    const job = `/api/v1/jobs/${history.jobId}`;
    const resumeFrom = request.headers["last-event-id"]?.toString() ?? searchParams.get("since");
    if (pathname === "/api/v1/monitoring/health/live") return void response.end('{"status":"pass"}');
    if (pathname === `${job}/stream`) return stream(resumeFrom, response);
    if (pathname === `${job}/poll`) return poll(searchParams.get("since"), Number(searchParams.get("wait")), response);
    if (pathname === `${job}/logs`) return void response.end(JSON.stringify({ logs: logs(searchParams) }));
    if (pathname === "/api/v1/jobs") {
      const jobs: readonly JobSummary[] = [summaryOf(history.job())];
      return void response.end(JSON.stringify({ jobs, next_page_token: null }));
    }
    response.writeHead(404).end(JSON.stringify({ error_code: "not_found", error_message: "no such job" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    log,
    tell() {
      for (const { look } of followers) look();
    },
    cut: () => server.closeAllConnections(),
    endStreams() {
      for (const { end } of followers) end();
    },
    intercept(answer) {
      intercept = answer;
    },
  };
}

/** Where one stands after a frame. */
function after(position: { seq: number; tick: number }, { seq, tick }: EventFrame): { seq: number; tick: number } {
  return { seq: Math.max(position.seq, seq ?? 0), tick: Math.max(position.tick, tick ?? 0) };
}
