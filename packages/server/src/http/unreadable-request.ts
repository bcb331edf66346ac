import type { Socket } from "node:net";
import { PlayheadError, toErrorBody } from "@playhead/core";
import { correlationIdOf } from "./correlation-id.ts";

/** Answers what is no HTTP, or too much of it: Node gives no request then, only the socket. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const why =
    error.code === "HPE_HEADER_OVERFLOW" ? "its headers are too large" : "it is no HTTP/1.1, or was not sent in time";
  const body = JSON.stringify(toErrorBody(new PlayheadError("invalid_request", `the request cannot be read: ${why}`)));
  const head = [
    "HTTP/1.1 400 Bad Request",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${correlationIdOf({})}`,
    "x-content-type-options: nosniff",
    "cache-control: no-store",
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
