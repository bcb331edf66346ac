/** How long an answer may take: to a dial, and to a `ping`. */
export const PONG_TIMEOUT_MS = 8_000;

/**
 * What silence on a connection means. The server says something every `heartbeatMs`; what is late is asked for with a
 * `ping`, and a connection that does not answer that is dead, whatever the operating system believes.
 *
 * @param silentMs Since something came last.
 * @param askedMs Since a `ping` that is not answered; null when none is under way.
 */
export function livenessOf(
  silentMs: number,
  askedMs: number | null,
  heartbeatMs: number,
): "alive" | "doubtful" | "dead" {
  if (silentMs > heartbeatMs + PONG_TIMEOUT_MS * 1.5 || (askedMs ?? 0) >= PONG_TIMEOUT_MS) return "dead";
  return silentMs <= heartbeatMs + PONG_TIMEOUT_MS / 2 ? "alive" : "doubtful";
}
