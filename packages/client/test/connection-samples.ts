import { CLOSE_CODES } from "@playhead/core";
import {
  type ConnectionEvent,
  type ConnectionState,
  type ConnectionStatus,
  STABLE_AFTER_MS,
} from "../src/connection-state.ts";

/** The moment at which the samples are looked at. */
export const NOW = 1_000_000;

/** One of each state. */
export const CONNECTION_STATES: Readonly<Record<ConnectionStatus, ConnectionState>> = {
  idle: { status: "idle" },
  authorizing: { status: "authorizing", attempt: 1, lostAtMs: 5 },
  connecting: { status: "connecting", attempt: 1, lostAtMs: 5 },
  online: { status: "online", attempt: 1, onlineAtMs: NOW - STABLE_AFTER_MS, retryWindowMs: 2_000 },
  waiting: { status: "waiting", attempt: 1, lostAtMs: 5, retryAtMs: NOW },
  offline: { status: "offline", attempt: 1, lostAtMs: 5, retryAtMs: NOW },
  refused: { status: "refused", attempt: 1, lostAtMs: 5, code: CLOSE_CODES.bad_token, reason: "" },
};

/** One of each event, closings by their reasons. */
export const CONNECTION_EVENTS: Readonly<Record<string, ConnectionEvent>> = {
  wanted: { type: "wanted" },
  released: { type: "released" },
  authorized: { type: "authorized" },
  authorization_failed: { type: "authorization_failed" },
  greeted: { type: "greeted", retryWindowMs: 3_000 },
  "closed to come back": { type: "closed", code: CLOSE_CODES.going_away, reason: "" },
  "closed by the network": { type: "closed", code: 1006, reason: "" },
  "closed for an old token": { type: "closed", code: CLOSE_CODES.token_expired, reason: "" },
  "closed for good": { type: "closed", code: CLOSE_CODES.forbidden, reason: "no" },
  retry_due: { type: "retry_due" },
  network_lost: { type: "network_lost" },
  network_found: { type: "network_found" },
};
