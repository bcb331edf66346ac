/** What a source may cost us at most. */

/** Room that is left to others on the disk. */
export const DISK_MARGIN_BYTES = 64 * 1024 * 1024;
/** Clips of a source that are looked at, unless more are asked for. */
export const DEFAULT_MAX_ITEMS = 50;
export const MOST_ITEMS = 500;
/** A feed, or a page of an API. */
export const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** A video of a feed, unless more is allowed. */
export const DEFAULT_MAX_DOWNLOAD_BYTES = 2 * 1024 * 1024 * 1024;
