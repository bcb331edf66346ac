import { type ConnectionState, EMPTY_FEED, EMPTY_TAIL, type JobFeed, type LogTail } from "@playhead/client";
import type { Job } from "@playhead/core";
import { useCallback, useMemo } from "react";
import { type ClientOptions, usePlayheadClient } from "./use-client.ts";
import { useStore } from "./use-store.ts";

export interface UseJobOptions extends ClientOptions {
  /** Whether to follow the job's log as well. @defaultValue false */
  readonly logs?: boolean;
}

/** A job as a component sees it. */
export interface UseJobResult extends Pick<JobFeed, "error" | "heardAtMs" | "clockOffsetMs" | "tasksTotal"> {
  /** Null until it has come; it stays while the connection is gone. */
  readonly job: Job | null;
  /** Whether what is shown is now. */
  readonly live: boolean;
  readonly connection: ConnectionState;
  /** Empty unless asked for. */
  readonly logs: LogTail;
  /** Reads the log on into the past. */
  readonly loadOlderLogs: () => Promise<void>;
  /** Connects again now. */
  readonly retry: () => void;
}

/** No connection is wanted yet. */
export const IDLE: ConnectionState = { status: "idle" };

/** A job, live. Renders on a server as a job that has not come yet. */
export function useJob(jobId: string, options: UseJobOptions = {}): UseJobResult {
  const client = usePlayheadClient(options, jobId);
  const store = useMemo(() => client?.watchJob(jobId) ?? null, [client, jobId]);
  // Before the job itself, so that the first request asks for both.
  const logs = useStore(options.logs === true && store !== null ? store.logs : null, EMPTY_TAIL);
  const feed = useStore(store, EMPTY_FEED);
  const connection = useStore(client?.connection ?? null, IDLE);
  const loadOlderLogs = useCallback(() => store?.logs.loadOlder() ?? Promise.resolve(), [store]);
  const retry = useCallback(() => client?.retry(), [client]);
  const { job, error, heardAtMs, clockOffsetMs, tasksTotal } = feed;
  const live = feed.live && connection.status === "online";
  return { job, live, connection, logs, loadOlderLogs, retry, error, heardAtMs, clockOffsetMs, tasksTotal };
}
