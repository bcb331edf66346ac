import type { PlayheadError, TaskHandle } from "@playhead/sdk";

/** Where clips come from. A kind of source is a file in this folder and a line in `open-clip-source.ts`. */
export interface ClipSource {
  readonly kind: "folder" | "feed" | "youtube";
  /** What it is called for people: `folder talks`, `feed of example.com`. */
  readonly title: string;
  /** Whom alerts name when fetching fails; null for what is on this machine. */
  readonly platform: string | null;
  /** About how long it takes to get the list, in seconds. */
  readonly listSec: number;
  /** About how long it takes to look at all of it, in seconds, as far as can be told before. */
  readonly expectedSec: number;
  /**
   * Gets the list.
   *
   * @throws PlayheadError `source_refused`, `source_failed`, `rate_limited`, `input_too_large` or `canceled`
   */
  list(task: TaskHandle): Promise<Listing>;
}

/** What a source has. */
export interface Listing {
  /** In the order of the source; no more than were asked for. */
  readonly items: readonly SourceItem[];
  /** How many more there are, at least. */
  readonly leftOut: number;
}

/** A clip of a source. */
export interface SourceItem {
  /** The same whenever the source is asked; unique within it. */
  readonly itemId: string;
  readonly title: string;
  /** Its page, for people. */
  readonly link: string | null;
  /** Milliseconds since 1970. */
  readonly publishedMs: number | null;
  /** As the source says. */
  readonly durationSec: number | null;
  readonly media: ItemMedia;
  /** What its viewers did; null where the source does not tell. */
  readonly stats: PublicStats | null;
}

export type ItemMedia =
  | { readonly kind: "file"; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: "url"; readonly url: string; readonly sizeBytes: number | null }
  /** It cannot be had: only what is told of it can be looked at. */
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly error: PlayheadError };

/** Counts of a platform; null where it hides them. */
export interface PublicStats {
  readonly views: number | null;
  readonly likes: number | null;
  readonly comments: number | null;
}
