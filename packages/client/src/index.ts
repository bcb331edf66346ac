export type {
  Api,
  AskOptions,
  BulkResult,
  ExecutionsPage,
  JobsPage,
  JobsQuery,
  LogsQuery,
  Overview,
  Session,
} from "./api.ts";
export { createPlayheadClient, type PlayheadClient, type PlayheadClientOptions } from "./client.ts";
export { type Clock, systemClock } from "./clock.ts";
export { serverNowMs } from "./clock-offset.ts";
export type { ConnectionState, ConnectionStatus } from "./connection-state.ts";
export { EMPTY_FEED, type JobFeed } from "./job-feed.ts";
export type { JobStore } from "./job-store.ts";
export type { JobsList } from "./jobs-list.ts";
export { EMPTY_LIST, type JobsStore } from "./jobs-store.ts";
export { EMPTY_TAIL, type LogTail } from "./log-tail.ts";
export type { Store } from "./store.ts";
export type { Dial, Link, LinkHandlers, Transport } from "./transport.ts";
