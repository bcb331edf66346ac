import { asOwnRequest } from "../fetch/own-requests.ts";
import type { SetTimer } from "../timer.ts";
import { errorOfAnswer, errorOfFailedRequest } from "./http-answer.ts";
import { queryValues, type Reading, type ReadQuery } from "./reading.ts";

export interface HttpReadOptions {
  /** The server's address, without a slash at its end. */
  readonly base: string;
  readonly apiKey: string;
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  /** Until the answer begins; it may then take as long as it is long. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Asks a server for something below `/api/v1/`. @throws PlayheadError as the server answers, or `server_unreachable` */
export async function readOverHttp(path: string, query: ReadQuery, options: HttpReadOptions): Promise<Reading> {
  const { base, apiKey, nowMs, setTimer, timeoutMs, signal } = options;
  const late = new AbortController();
  const stopTimer = setTimer(() => late.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs, true);
  const search = new URLSearchParams(queryValues(query)).toString();
  const asked = {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.any([signal, late.signal]),
    // The key must not follow to wherever a redirect leads.
    redirect: "error",
  } as const;
  let answer: Response;
  try {
    answer = await asOwnRequest(() => fetch(`${base}/api/v1/${path}${search === "" ? "" : `?${search}`}`, asked));
  } catch (cause) {
    throw errorOfFailedRequest(base, cause);
  } finally {
    stopTimer();
  }
  if (!answer.ok) {
    const { status, headers } = answer;
    // One that breaks off is an error by its status all the same.
    const text = await answer.text().catch(() => "");
    throw errorOfAnswer({ status, retryAfter: headers.get("retry-after"), text }, nowMs());
  }
  const whole = <Value>(reading: Promise<Value>) =>
    reading.catch((cause: unknown) => {
      throw errorOfFailedRequest(base, cause);
    });
  return {
    body: answer.body ?? new Blob([]).stream(),
    json: () => whole(answer.json()),
    text: () => whole(answer.text()),
  };
}
