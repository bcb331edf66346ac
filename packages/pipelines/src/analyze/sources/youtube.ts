import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import * as z from "zod";
import { withRetries } from "../../media/with-retries.ts";
import type { AddressGuard } from "../fetch/address-guard.ts";
import { monitoredFetch } from "../fetch/monitored-fetch.ts";
import type { ClipSource, Listing, SourceItem } from "./clip-source.ts";
import { createYoutubeApi, type YoutubeQuery } from "./youtube-api.ts";

/** Which videos of YouTube. */
export type YoutubeTarget =
  /** An id (`UC…`) or a handle (`@name`). */
  | { readonly kind: "channel"; readonly channel: string }
  | { readonly kind: "playlist"; readonly playlistId: string }
  | { readonly kind: "search"; readonly words: string };

export interface YoutubeOptions {
  /** An API key; undefined is refused. */
  readonly key: string | undefined;
  readonly baseUrl: string;
  readonly guard: AddressGuard;
  readonly nowMs: () => number;
}

export const YOUTUBE_URL = "https://www.googleapis.com/youtube/v3";

const PLATFORM = "youtube";
/** As many as the API gives at a time; a page may have fewer, where videos were deleted or are private. */
const PAGE_ITEMS = 50;
/** So many times as many pages as full ones would be are asked for at most: each costs some of the quota. */
const SPARSE_PAGES = 4;
const PAGE_SEC = 0.5;
/** How much of the bar is for ids; the rest is for what is told of them. */
const LISTING_SHARE = 0.7;

const page = { nextPageToken: z.string().optional() };
const channels = z.object({
  items: z
    .array(z.object({ contentDetails: z.object({ relatedPlaylists: z.object({ uploads: z.string() }) }) }))
    .default([]),
});
const playlistItems = z.object({
  ...page,
  items: z.array(z.object({ contentDetails: z.object({ videoId: z.string() }) })).default([]),
});
const searchResults = z.object({
  ...page,
  items: z.array(z.object({ id: z.object({ videoId: z.string().optional() }) })).default([]),
});
/** Counts come as text, and not at all where a channel hides them. */
const count = z.coerce.number().nonnegative().nullish();
const video = z.object({
  id: z.string(),
  snippet: z.object({ title: z.string(), publishedAt: z.string().optional() }),
  contentDetails: z.object({ duration: z.string().optional() }).optional(),
  statistics: z.object({ viewCount: count, likeCount: count, commentCount: count }).optional(),
});
const videos = z.object({ items: z.array(video).default([]) });

interface Ids {
  readonly ids: readonly string[];
  readonly next: string | undefined;
}

/**
 * Videos of YouTube, by what its Data API tells of them. Their media cannot be had: YouTube's terms do not allow it.
 *
 * @throws PlayheadError `source_refused` without a key
 */
export function openYoutube(target: YoutubeTarget, maxItems: number, options: YoutubeOptions): ClipSource {
  const { key, ...rest } = options;
  if (key === undefined || key === "") {
    throw new PlayheadError("source_refused", "YouTube needs an API key", {
      hint: "set YOUTUBE_API_KEY to a key of the YouTube Data API v3 (console.cloud.google.com)",
    });
  }
  const get = createYoutubeApi({ key, ...rest });
  const pages = Math.ceil(maxItems / PAGE_ITEMS);

  /** Ids that were asked for, a page at a time; one more than enough tells that there are more. */
  async function listIds(task: TaskHandle): Promise<Ids["ids"]> {
    const idsAt = await pagesOf(task);
    const found = new Set<string>();
    let next: string | undefined;
    for (let asked = 1; asked <= SPARSE_PAGES * pages; asked++) {
      const at = await withRetries(task, task.signal, () => idsAt(next));
      for (const id of at.ids) found.add(id);
      next = at.next;
      task.progress(LISTING_SHARE * Math.min(1, found.size / maxItems), { videos: found.size });
      if (next === undefined || found.size > maxItems) break;
    }
    return [...found];
  }

  async function pagesOf(task: TaskHandle): Promise<(pageToken: string | undefined) => Promise<Ids>> {
    const { signal } = task;
    if (target.kind === "search") {
      return async (pageToken) => {
        const query: YoutubeQuery = { part: "id", type: "video", q: target.words, maxResults: PAGE_ITEMS, pageToken };
        const { items, nextPageToken: next } = await get("search", query, searchResults, signal);
        return { ids: items.flatMap(({ id }) => id.videoId ?? []), next };
      };
    }
    const playlistId = target.kind === "playlist" ? target.playlistId : await uploadsOf(target.channel, task);
    return async (pageToken) => {
      const query: YoutubeQuery = { part: "contentDetails", playlistId, maxResults: PAGE_ITEMS, pageToken };
      const { items, nextPageToken: next } = await get("playlistItems", query, playlistItems, signal);
      return { ids: items.map(({ contentDetails }) => contentDetails.videoId), next };
    };
  }

  async function uploadsOf(channel: string, task: TaskHandle): Promise<string> {
    const who = channel.startsWith("@") ? { forHandle: channel } : { id: channel };
    const { items } = await withRetries(task, task.signal, () =>
      get("channels", { part: "contentDetails", ...who }, channels, task.signal),
    );
    const uploads = items[0]?.contentDetails.relatedPlaylists.uploads;
    if (uploads !== undefined) return uploads;
    throw new PlayheadError("source_refused", `YouTube has no channel ${JSON.stringify(channel)}`, {
      hint: "give its id (UC…) or its handle (@name)",
    });
  }

  async function list(task: TaskHandle): Promise<Listing> {
    const ids = await listIds(task);
    const wanted = ids.slice(0, maxItems);
    const items: SourceItem[] = [];
    for (let from = 0; from < wanted.length; from += PAGE_ITEMS) {
      const query: YoutubeQuery = {
        part: "snippet,contentDetails,statistics",
        id: wanted.slice(from, from + PAGE_ITEMS).join(","),
        maxResults: PAGE_ITEMS,
      };
      const found = await withRetries(task, task.signal, () => get("videos", query, videos, task.signal));
      items.push(...found.items.map(itemOf));
      task.progress(LISTING_SHARE + (1 - LISTING_SHARE) * Math.min(1, (from + PAGE_ITEMS) / wanted.length));
    }
    return { items, leftOut: ids.length - wanted.length };
  }

  return {
    kind: "youtube",
    title: titleOf(target),
    platform: PLATFORM,
    listSec: (2 * pages + 1) * PAGE_SEC,
    expectedSec: maxItems * 0.01,
    list: (task) => monitoredFetch(PLATFORM)(() => list(task)),
  };
}

function titleOf(target: YoutubeTarget): string {
  switch (target.kind) {
    case "channel":
      return `YouTube channel ${target.channel}`;
    case "playlist":
      return `YouTube playlist ${target.playlistId}`;
    case "search":
      return `YouTube search ${JSON.stringify(target.words)}`;
  }
}

function itemOf({ id, snippet, contentDetails, statistics }: z.infer<typeof video>): SourceItem {
  const publishedMs = Date.parse(snippet.publishedAt ?? "");
  const { viewCount, likeCount, commentCount } = statistics ?? {};
  return {
    itemId: id,
    title: snippet.title,
    link: `https://www.youtube.com/watch?v=${encodeURIComponent(id)}`,
    publishedMs: Number.isFinite(publishedMs) ? publishedMs : null,
    durationSec: isoDurationSec(contentDetails?.duration ?? ""),
    media: { kind: "none" },
    stats: { views: viewCount ?? null, likes: likeCount ?? null, comments: commentCount ?? null },
  };
}

const ISO_DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** `PT1H2M3S` in seconds; null for anything else, and for a live stream that has no length yet. */
export function isoDurationSec(text: string): number | null {
  const parts = ISO_DURATION.exec(text);
  if (parts === null) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds || null;
}
