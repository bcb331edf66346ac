import { setTimeout as delay } from "node:timers/promises";

/** What a node says of itself. */
export interface NodeStanding {
  readonly status: "pass" | "fail";
  /** Where it does not take work. */
  readonly reason?: string;
  readonly node: { readonly name: string; readonly role: string };
}

const ANSWER_LIMIT_MS = 1_000;
const EVERY_MS = 50;

/** Asks a node whether it takes work; null where it does not answer. */
export async function readStanding(url: string): Promise<NodeStanding | null> {
  try {
    const answer = await fetch(`${url}/api/v1/monitoring/health/ready`, {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return (await answer.json()) as NodeStanding;
  } catch {
    return null;
  }
}

/** Waits until a node says this of itself. @returns how long that took; null where it took longer than `limitMs` */
export async function untilStatus(
  url: string,
  status: NodeStanding["status"],
  limitMs: number,
): Promise<number | null> {
  const begunMs = performance.now();
  for (;;) {
    const said = (await readStanding(url))?.status;
    const passedMs = performance.now() - begunMs;
    if (said === status) return Math.round(passedMs);
    if (passedMs > limitMs) return null;
    await delay(EVERY_MS);
  }
}
