import { setImmediate as othersTurn } from "node:timers/promises";
import type { EncodedRequest, ReadRequest, Slice } from "../reading/reading-service.ts";
import type { LinesPart, SpansPart } from "../reading/slices.ts";
import type { PartialSuccess } from "../wire/answers.ts";
import { createAdmission } from "./admission.ts";
import type { Taken } from "./take-spans.ts";

/** What a batch came to: what was refused of it, at once; and when it is stored. */
export interface BegunReport {
  readonly refused: readonly { readonly n: number | null; readonly error_message: string }[];
  readonly stored: Promise<unknown>;
}

/** Reads requests where that holds nobody up, one at a time. */
export interface RequestReader {
  /** @throws PlayheadError `invalid_request`, `payload_too_large` */
  read(request: EncodedRequest): Promise<ReadRequest>;
  /** What comes next of the request that was read last. */
  next(): Promise<Slice>;
  close(): Promise<void>;
}

export interface TakeRequestDeps {
  readonly reader: Pick<RequestReader, "read" | "next">;
  /** Begins with a trace. @returns takes one part of it after the other */
  readonly takeSpans: (
    tenantId: string,
    traceId: string,
    whole: SpansPart["whole"],
  ) => Promise<(part: SpansPart) => Promise<Taken>>;
  readonly takeLogs: (tenantId: string, part: LinesPart) => Promise<Taken>;
  /** Hands on what a part came to. */
  readonly hand: (tenantId: string, service: string, taken: Taken) => Promise<BegunReport>;
  /** What was taken of a trace could not be stored. */
  readonly forget: (tenantId: string, traceId: string) => void;
  /** Waits until all work that was begun before is done. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** After so long others get their turn. */
const AT_ONCE_MS = 4;
/** Requests that are remembered, since log records have no ids of their own. */
const MAX_DIGESTS = 10_000;

/** Takes requests: one after the other, slice by slice, so that none holds anybody up however large it is. */
export function createTakeRequest({ reader, takeSpans, takeLogs, hand, forget, inTurn }: TakeRequestDeps) {
  const admission = createAdmission();
  const digests = new Set<string>();

  /** What becomes of one request. */
  function createProgress(tenantId: string) {
    const begun: BegunReport[] = [];
    const traceIds = new Set<string>();
    let takePart: ((part: SpansPart) => Promise<Taken>) | null = null;

    async function takeSpansPart(part: SpansPart): Promise<Taken> {
      const traceId = part.whole.traceId ?? "";
      traceIds.add(traceId);
      takePart ??= await takeSpans(tenantId, traceId, part.whole);
      const taken = await takePart(part);
      if (part.isLast) takePart = null;
      return taken;
    }

    async function keep(part: SpansPart | LinesPart, taken: Taken): Promise<void> {
      const report = await hand(tenantId, part.whole.service, taken);
      // Waited for further down, unless what comes between fails.
      report.stored.catch(() => undefined);
      begun.push(report);
    }

    return {
      async take(slice: Slice): Promise<void> {
        let sinceMs = performance.now();
        for (const [at, part] of slice.parts.entries()) {
          const taken =
            slice.signal === "traces"
              ? await takeSpansPart(slice.parts[at] as SpansPart)
              : await takeLogs(tenantId, slice.parts[at] as LinesPart);
          await keep(part, taken);
          if (performance.now() - sinceMs < AT_ONCE_MS) continue;
          await othersTurn();
          sinceMs = performance.now();
        }
      },
      /** Resolves when what was taken last is stored. */
      lastStored: () => begun.at(-1)?.stored,
      /** Resolves when all is stored. */
      stored: () => Promise.all(begun.map(({ stored }) => stored)),
      /** Of what was refused, how much and why. */
      refused: () => begun.flatMap(({ refused }) => refused.filter(({ n }) => n !== null)),
      giveUp: () => {
        for (const traceId of traceIds) forget(tenantId, traceId);
      },
    };
  }

  type Progress = ReturnType<typeof createProgress>;

  async function takeSlices(first: Slice, progress: Progress): Promise<void> {
    let earlier: Promise<unknown> | undefined;
    for (let slice = first; ; ) {
      const coming = slice.isLast ? null : reader.next();
      coming?.catch(() => undefined);
      await progress.take(slice);
      if (coming === null) return;
      // No more than two slices wait for the store: it, too, works on what is there in one go.
      await earlier;
      earlier = progress.lastStored();
      slice = await coming;
    }
  }

  /** @returns what could not be read; null for a request that is known */
  async function readAndTake(tenantId: string, request: EncodedRequest, progress: Progress) {
    const read = await reader.read(request);
    const digest = `${tenantId} ${read.digest}`;
    if (read.digest !== "" && digests.has(digest)) return null;
    await takeSlices(read.first, progress);
    return { ...read, digest };
  }

  function remember(digest: string): void {
    digests.add(digest);
    const [oldest] = digests;
    if (digests.size > MAX_DIGESTS && oldest !== undefined) digests.delete(oldest);
  }

  /**
   * Takes a request; resolves when it is stored.
   *
   * @returns what was not taken of it; null when all was
   * @throws PlayheadError as the reader does, and `service_unavailable`
   */
  return async (tenantId: string, request: EncodedRequest): Promise<PartialSuccess | null> => {
    const done = admission.admit(request.body.byteLength);
    const progress = createProgress(tenantId);
    try {
      const read = await inTurn(() => readAndTake(tenantId, request, progress));
      await progress.stored();
      if (read === null) return null;
      if (request.signal === "logs") remember(read.digest);
      const refused = progress.refused();
      const rejected = read.rejected + refused.length;
      return rejected === 0 ? null : { rejected, message: read.reason || (refused[0]?.error_message ?? "") };
    } catch (error) {
      await inTurn(async () => progress.giveUp());
      throw error;
    } finally {
      done();
    }
  };
}
