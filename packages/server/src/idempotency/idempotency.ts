import { createHash } from "node:crypto";
import { isJsonObject, type JsonObject, type JsonValue, PlayheadError } from "@playhead/core";
import type { Store } from "../store/store.ts";

/** A request that its sender may repeat, because it does not know what became of the first. */
export interface KeyedRequest {
  readonly tenantId: string;
  /** The sender's `Idempotency-Key`. */
  readonly key: string;
  /** What is asked for: the same key may not ask for something else. */
  readonly body: JsonObject;
}

/** What is answered, now and to each repetition. */
export interface KeyedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** One try at the work of a request. */
export interface KeyedTry {
  /** Names what the request creates: the same in each try. */
  readonly subjectId: string;
  /** When an earlier try began that ended without an answer, and may have done its work or a part of it; else null. */
  readonly resumedSinceMs: number | null;
}

export interface IdempotencyDeps {
  readonly store: Pick<Store, "addDocument" | "putDocument" | "removeDocument">;
  readonly nowMs: () => number;
}

/** What is stored of a key: a claim first, then also the answer. */
interface Claim extends JsonObject {
  readonly fingerprint: string;
  readonly subject_id: string;
  readonly claimed_ms: number;
  readonly answer: (JsonObject & KeyedAnswer) | null;
}

const COLLECTION = "idempotency";
/** For so long a key is known. */
const KEPT_MS = 24 * 3_600_000;
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Does the work of a request once, however often it is sent.
 *
 *   (new) ──claim stored──► at work ──► answered ──24 h──► (forgotten)
 *     ▲                        │ ╲
 *     └── refused: no work ────┘  └─ the process ends: the next try goes on with the same subject
 */
export function createIdempotency({ store, nowMs }: IdempotencyDeps) {
  const atWork = new Map<string, { readonly fingerprint: string; readonly answer: Promise<KeyedAnswer> }>();

  async function claimAndWork(
    id: string,
    fingerprint: string,
    { tenantId }: KeyedRequest,
    newSubjectId: () => string,
    work: (attempt: KeyedTry) => Promise<KeyedAnswer>,
  ): Promise<{ readonly answer: KeyedAnswer; readonly replayed: boolean }> {
    const claim: Claim = { fingerprint, subject_id: newSubjectId(), claimed_ms: nowMs(), answer: null };
    const document = { collection: COLLECTION, id, tenantId, expiresMs: claim.claimed_ms + KEPT_MS };
    const found = (await store.addDocument({ ...document, body: claim }))?.body as Claim | undefined;
    const { subject_id, claimed_ms, answer: known, ...held } = found ?? claim;
    if (held.fingerprint !== fingerprint) throw otherBody();
    if (known !== null) return { answer: known, replayed: true };
    try {
      const answer = await work({ subjectId: subject_id, resumedSinceMs: found === undefined ? null : claimed_ms });
      const stored: Claim = { fingerprint, subject_id, claimed_ms, answer: { ...answer } };
      await store.putDocument({ ...document, body: stored, expiresMs: claimed_ms + KEPT_MS });
      return { answer, replayed: false };
    } catch (error) {
      // What was refused did nothing: the key is free again. Of all else nobody knows what it did.
      if (error instanceof PlayheadError && error.errorClass === "input") await store.removeDocument(COLLECTION, id);
      throw error;
    }
  }

  return {
    /**
     * Answers a request with a key: by its work, or as the first of its kind was answered. One that comes while the
     * first is at work waits for it.
     *
     * @throws PlayheadError `idempotency_conflict` when the key came with another body, `invalid_request` for a key
     * that is none, and what the work throws.
     */
    async answer(
      request: KeyedRequest,
      newSubjectId: () => string,
      work: (attempt: KeyedTry) => Promise<KeyedAnswer>,
    ): Promise<{ readonly answer: KeyedAnswer; readonly replayed: boolean }> {
      if (!KEY.test(request.key)) {
        throw new PlayheadError("invalid_request", "expected Idempotency-Key to be 1 to 255 printable characters");
      }
      const id = sha256(JSON.stringify([request.tenantId, request.key]));
      const fingerprint = sha256(canonicalJson(request.body));
      const running = atWork.get(id);
      if (running !== undefined) {
        if (running.fingerprint !== fingerprint) throw otherBody();
        return { answer: await running.answer, replayed: true };
      }
      const result = claimAndWork(id, fingerprint, request, newSubjectId, work);
      const answer = result.then((each) => each.answer);
      // Who waits hears of a failure; when nobody does, the sender itself does.
      answer.catch(() => undefined);
      atWork.set(id, { fingerprint, answer });
      try {
        return await result;
      } finally {
        atWork.delete(id);
      }
    },
  };
}

function otherBody(): PlayheadError {
  return new PlayheadError("idempotency_conflict", "this Idempotency-Key came with another request before", {
    hint: "use a new key for a new request; a repetition has the same body",
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The same text for the same value, in whatever order its names stand. */
function canonicalJson(value: JsonValue | undefined): string {
  return JSON.stringify(value, (_, each: unknown) =>
    isJsonObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
