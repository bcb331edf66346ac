import type { TaskHandle } from "@playhead/sdk";
import type { LimitWatch } from "../limits/limit-watch.ts";
import type { Row } from "../rows/row.ts";

/**
 * Something outside that makes, or has, a part of a video: a picture, a narration. A kind of provider is its settings and
 * its way to open them, in this folder, and a line each in `open-provider.ts` and in the template.
 */
export interface Provider {
  /**
   * Gets the part for a row.
   *
   * @returns the path of its file; null where the row has none
   * @throws PlayheadError what the policy of retries then looks at; `rate_limited` with `detail.retry_after_ms`
   */
  make(request: PartRequest): Promise<string | null>;
}

export interface PartRequest {
  readonly row: Row;
  /** What it is for: `image`, `narration` or `music`. */
  readonly use: string;
  /** Where to put a file that is made; it is removed with the item's end. */
  readonly partPath: string;
  /** Whose work it is, for pauses. */
  readonly task: TaskHandle;
  readonly signal: AbortSignal;
}

/** What providers are opened with. */
export interface ProviderContext {
  /** The path of a file that a row names. @throws PlayheadError `input_missing` or `input_refused` */
  readonly fileOf: (name: string) => string;
  /** Of which headers may take values; null: of none. */
  readonly environment: Readonly<Record<string, string | undefined>> | null;
  /** Whether addresses of private networks and of this machine may be called. */
  readonly allowPrivate: boolean;
  readonly watch: LimitWatch;
  readonly nowMs: () => number;
}
