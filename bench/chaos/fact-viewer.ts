import { type EventFrame, fold, type Job, jobFromSnapshot, mayReconnect, type ServerFrame } from "@playhead/core";
import { WebSocket } from "ws";

export interface FactViewerOptions {
  /** Of the server's socket. */
  readonly url: string;
  readonly key: string;
  readonly jobId: string;
  /** Whether it comes back to where it was; else it takes what it gets. */
  readonly resumes: boolean;
  /** Stops reading now and then. */
  readonly isSlow: boolean;
  readonly random: () => number;
  /** Told of each fact that is new to it. @defaultValue nobody is told */
  readonly onFact?: (fact: EventFrame) => void;
}

/** What a viewer has seen go wrong. */
export interface Faults {
  lost: number;
  doubled: number;
  unordered: number;
}

/** A viewer in the simple mode that counts every fact. */
export interface FactViewer {
  readonly faults: Faults;
  readonly reconnects: () => number;
  /** How many connections it gave up because nothing came. */
  readonly silences: () => number;
  readonly job: () => Job | null;
  /** Whether it is connected, and how long ago it heard anything: for people. */
  readonly connection: () => string;
  /** Cuts its connection from its own side. */
  drop(): void;
  close(): void;
}

const RECONNECT_MS = 200;
const SLEEP_MS = 1_500;
/** The server pings every 25 s: when nothing comes for longer, a network has lost the connection without a word. */
const SILENCE_MS = 40_000;
/** By `readyState`. */
const STATES = ["connecting", "open", "closing", "closed"];

/** Follows a job with nothing but a WebSocket and `fold`, as a client in any language could. */
export function openFactViewer(options: FactViewerOptions): FactViewer {
  const { url, key, jobId, resumes, isSlow, random, onFact = () => undefined } = options;
  const faults: Faults = { lost: 0, doubled: 0, unordered: 0 };
  let socket: WebSocket | null = null;
  let timer: NodeJS.Timeout | null = null;
  let job: Job | null = null;
  let lastSeq = 0;
  let reconnects = -1;
  let isClosed = false;
  let heardMs = performance.now();
  let silences = 0;
  const watch = setInterval(() => {
    if (performance.now() - heardMs < SILENCE_MS || socket === null) return;
    silences += 1;
    heardMs = performance.now();
    socket.terminate();
  }, SILENCE_MS / 20).unref();

  function dial(): void {
    reconnects += 1;
    const after = resumes && lastSeq > 0 ? `&after=${lastSeq}` : "";
    heardMs = performance.now();
    const mine = new WebSocket(`${url}/?job_id=${jobId}&token=${key}${after}`);
    socket = mine;
    const hear = () => {
      heardMs = performance.now();
    };
    mine.on("open", hear).on("ping", hear).on("message", hear);
    mine.on("message", (data) => receive(JSON.parse(String(data))));
    mine.on("error", () => undefined);
    mine.on("close", (code) => {
      // Not there yet is no fault: the worker's first report may be late.
      if (isClosed || (!mayReconnect(code) && code !== 4502)) return;
      timer = setTimeout(dial, RECONNECT_MS * (0.5 + random()));
    });
    if (isSlow) mine.on("open", () => doze(mine));
  }

  /** Reads in turns: what comes meanwhile waits in the network, and then with the server. */
  function doze(mine: WebSocket): void {
    if (mine.readyState !== mine.OPEN) return;
    if (mine.isPaused) mine.resume();
    else mine.pause();
    setTimeout(() => doze(mine), SLEEP_MS * random()).unref();
  }

  function receive(frame: ServerFrame): void {
    if (frame.type === "snapshot") {
      const { seq } = frame.data;
      // A snapshot after the first one stands for facts that were never seen.
      if (job !== null && seq > lastSeq) faults.lost += seq - lastSeq;
      job = jobFromSnapshot(frame.data);
      lastSeq = seq;
    } else if ("seq" in frame && "epoch" in frame) {
      takeEvent(frame);
    }
  }

  function takeEvent(frame: EventFrame): void {
    if (frame.tick === undefined) {
      if (frame.seq === lastSeq + 1) lastSeq = frame.seq;
      else if (frame.seq <= lastSeq) faults.doubled += 1;
      else {
        faults.unordered += 1;
        faults.lost += frame.seq - lastSeq - 1;
        lastSeq = frame.seq;
      }
    }
    if (job !== null) job = fold(job, frame);
    if (frame.tick === undefined) onFact(frame);
  }

  dial();
  return {
    faults,
    reconnects: () => reconnects,
    silences: () => silences,
    job: () => job,
    connection: () => `${STATES[socket?.readyState ?? 0]}, heard ${Math.round(performance.now() - heardMs)} ms ago`,
    drop: () => socket?.terminate(),
    close() {
      isClosed = true;
      clearInterval(watch);
      if (timer !== null) clearTimeout(timer);
      socket?.terminate();
    },
  };
}
