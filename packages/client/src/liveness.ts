/** How long after the heartbeat was due a connection may stay silent, once asked. */
export const PONG_TIMEOUT_MS = 8_000;

/**
 * What silence on a connection means. The server sends `heads` every `heartbeatMs`; one that is late is asked for with a
 * `ping`, and a connection that does not answer that is dead, whatever the operating system believes.
 */
export function livenessOf(silentMs: number, heartbeatMs: number): "alive" | "doubtful" | "dead" {
  if (silentMs <= heartbeatMs + PONG_TIMEOUT_MS / 2) return "alive";
  return silentMs <= heartbeatMs + PONG_TIMEOUT_MS * 1.5 ? "doubtful" : "dead";
}
