import type { ConnectionState, ConnectionStatus } from "@playhead/client";
import { CLOSE_CODES } from "@playhead/core";

const WORDS: Readonly<Record<ConnectionStatus, string>> = {
  idle: "",
  authorizing: "Connecting",
  connecting: "Connecting",
  online: "Live",
  waiting: "Reconnecting",
  offline: "Offline",
  refused: "Not connected",
};

/** The connection in a word; one that is lost and comes back is reconnecting all the while. */
export function connectionWord(connection: ConnectionState): string {
  const word = WORDS[connection.status];
  return word === "Connecting" && lostAtOf(connection) !== null ? "Reconnecting" : word;
}

/** When what is shown stopped being live; null while it is, and when it never was. */
export function lostAtOf(connection: ConnectionState): number | null {
  return "lostAtMs" in connection ? connection.lostAtMs : null;
}

/** What is wrong, and what is being done about it. */
export function doing(connection: ConnectionState, nowMs: number): string {
  switch (connection.status) {
    case "refused":
      return "The server did not take what this page asked for; it may be newer than the page.";
    case "offline":
      return `This machine has no network. ${nextTry(connection.retryAtMs, nowMs)}`;
    case "waiting":
      return `The server cannot be reached. ${nextTry(connection.retryAtMs, nowMs)}`;
    default:
      return "Reconnecting now.";
  }
}

function nextTry(retryAtMs: number, nowMs: number): string {
  const sec = Math.ceil((retryAtMs - nowMs) / 1_000);
  return sec <= 0 ? "Trying now." : `Next try in ${sec} s.`;
}

/** Refusals that another credential answers; any other is the page's own fault, and told beside what it shows. */
const NEEDS_SIGN_IN: ReadonlySet<number> = new Set([CLOSE_CODES.bad_token, CLOSE_CODES.forbidden, CLOSE_CODES.revoked]);

/** @returns whether the server wants to know anew who one is. */
export function needsSignIn(connection: ConnectionState): boolean {
  return connection.status === "refused" && NEEDS_SIGN_IN.has(connection.code);
}
