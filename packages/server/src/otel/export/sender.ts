import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleAll,
} from "cockatiel";
import type { Signal } from "./encode.ts";

export interface SenderDeps {
  /** The base: `/v1/traces` and the others come behind it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly compression: "gzip" | "none";
  readonly random: () => number;
}

/** What became of one request. */
export type SendOutcome =
  | { readonly state: "sent"; readonly answer: Uint8Array }
  /** For good: another try would be answered the same. */
  | { readonly state: "refused"; readonly status: number; readonly reason: string };

/** Why nobody took it so far. */
export class NotTaken extends Error {
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

const LIMIT_MS = 10_000;
const FIRST_DELAY_MS = 1_000;
const MOST_DELAY_MS = 60_000;
const FAILURES = 5;
const REST_MS = 30_000;
/** By the specification these are worth another try; a key may be put right, too. */
const AGAIN: ReadonlySet<number> = new Set([401, 403, 404, 408, 429, 500, 502, 503, 504]);

const pack = promisify(gzip);

/** Posts OTLP: tries again until it is taken, ever slower; rests while a receiver fails again and again. */
export function createSender({ endpoint, headers, contentType, compression, random }: SenderDeps) {
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: new ConstantBackoff(REST_MS),
  });
  const base = endpoint.replace(/\/+$/, "");
  const closing = new AbortController();
  /** Why nothing is taken at the moment; null while all is well. */
  let failing: string | null = null;

  const isPacked = compression === "gzip";
  const sent = { ...headers, "content-type": contentType, ...(isPacked && { "content-encoding": "gzip" }) };

  async function post(signal: Signal, body: Uint8Array): Promise<SendOutcome> {
    const packed = isPacked ? await pack(body) : (body as Uint8Array<ArrayBuffer>);
    let answer: Response;
    try {
      answer = await fetch(`${base}/v1/${signal}`, {
        method: "POST",
        headers: sent,
        body: packed,
        redirect: "error",
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(LIMIT_MS)]),
      });
    } catch (error) {
      throw new NotTaken(wordsOf(error), null);
    }
    const bytes = new Uint8Array(await answer.arrayBuffer().catch(() => new ArrayBuffer(0)));
    if (answer.ok) return { state: "sent", answer: bytes };
    if (AGAIN.has(answer.status)) throw new NotTaken(`it answered ${answer.status}`, retryAfterMs(answer));
    return { state: "refused", status: answer.status, reason: `it answered ${answer.status}` };
  }

  /** One try. @throws NotTaken, or BrokenCircuitError while the receiver rests */
  async function sendOnce(signal: Signal, body: Uint8Array): Promise<SendOutcome> {
    try {
      const outcome = await breaker.execute(() => post(signal, body));
      failing = null;
      return outcome;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) failing = wordsOf(error);
      throw error;
    }
  }

  return {
    sendOnce,
    /** Tries until it is taken or refused; null when the sender was closed before. */
    async send(signal: Signal, body: Uint8Array): Promise<SendOutcome | null> {
      for (let tries = 1; !closing.signal.aborted; tries += 1) {
        try {
          return await sendOnce(signal, body);
        } catch (error) {
          const asked = error instanceof NotTaken ? error.retryAfterMs : null;
          const delayMs = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1)) * (1 - random() / 2);
          await wait(Math.max(delayMs, Math.min(asked ?? 0, MOST_DELAY_MS)), undefined, {
            signal: closing.signal,
            ref: false,
          }).catch(() => undefined);
        }
      }
      return null;
    },
    failing: () => failing,
    isResting: () => breaker.state === CircuitState.Open,
    /** Cuts off what is under way. */
    close: () => closing.abort(),
  };
}

export type Sender = ReturnType<typeof createSender>;

/** Seconds, or a time. */
function retryAfterMs({ headers }: Response): number | null {
  const asked = headers.get("retry-after");
  if (asked === null) return null;
  if (/^\d{1,6}$/.test(asked)) return Number(asked) * 1_000;
  const ms = Date.parse(asked) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function wordsOf(error: unknown): string {
  const { cause, message, name } = error as Error & { readonly cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `it did not answer within ${LIMIT_MS / 1_000} s`;
  return cause?.code ?? message;
}
