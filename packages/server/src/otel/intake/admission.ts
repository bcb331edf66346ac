import { PlayheadError } from "@playhead/core";

/** What requests hold while they are under way, as they came: a multiple of it in memory. */
const MAX_BYTES = 64 * 1024 * 1024;
/** What a request counts for at least. */
const LEAST_BYTES = 16 * 1024;
const RETRY_AFTER_MS = 1_000;

/** Bounds what is under way; one request is let in however large it is. */
export function createAdmission(maxBytes = MAX_BYTES) {
  let underWay = 0;
  return {
    /**
     * @returns to be called when all of it is stored, or refused
     * @throws PlayheadError `service_unavailable` when too much is under way already
     */
    admit(sizeBytes: number): () => void {
      const mine = Math.max(sizeBytes, LEAST_BYTES);
      if (underWay > 0 && underWay + mine > maxBytes) {
        throw new PlayheadError(
          "service_unavailable",
          "more spans and log records come than can be taken at the moment",
          {
            hint: "send the same request again a little later",
            detail: { retry_after_ms: RETRY_AFTER_MS },
          },
        );
      }
      underWay += mine;
      return () => {
        underWay -= mine;
      };
    },
  };
}
