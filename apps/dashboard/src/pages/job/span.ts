/** A stretch of time in which something was so. Milliseconds since the epoch. */
export interface Span {
  readonly startMs: number;
  /** Null while it is. */
  readonly endMs: number | null;
}
