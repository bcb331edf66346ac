import { createHash } from "node:crypto";
import { PlayheadError } from "@playhead/sdk";
import { parseFeed } from "feedsmith";
import type { Listing, PublicStats, SourceItem } from "./clip-source.ts";

/** An address in a feed under which a video may lie. */
interface Candidate {
  readonly url: string;
  readonly type: string | undefined;
  readonly medium?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly durationSec?: number | undefined;
  readonly isDefault?: boolean | undefined;
}

/** What the formats say in ways of their own. */
interface Entry {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly link: string | undefined;
  /** A date as text, in whatever form. */
  readonly published: unknown;
  readonly durationSec: number | undefined;
  readonly stats: PublicStats | null;
  readonly candidates: readonly Candidate[];
}

const VIDEO_URL = /\.(?:mp4|m4v|mov|mkv|webm|avi|ts|mpe?g|flv|wmv|ogv|3gp|gif)(?:[?#]|$)/i;
const MAX_TITLE = 300;

/**
 * The videos of a feed: RSS, Atom and RDF, with enclosures or Media RSS, or JSON Feed. Documents that declare a type or
 * entities of their own are refused before anything reads them.
 *
 * @param base where the feed was found, for addresses that are relative to it
 * @throws PlayheadError `source_failed`, not to be tried again, for what is no feed
 */
export function readFeed(text: string, base: URL, maxItems: number): Listing {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) {
    throw notAFeed(base, "declares a document type or entities, which no feed needs");
  }
  const videos = entriesOf(text, base).flatMap((entry) => itemOf(entry, base) ?? []);
  const unique = [...new Map(videos.map((item) => [item.itemId, item])).values()];
  return { items: unique.slice(0, maxItems), leftOut: Math.max(0, unique.length - maxItems) };
}

type Parsed = ReturnType<typeof parseFeed>;
type RssItem = NonNullable<NonNullable<Extract<Parsed, { format: "rss" }>["feed"]["items"]>[number]>;
type Media = NonNullable<RssItem["media"]>;

function entriesOf(text: string, base: URL): readonly Entry[] {
  let parsed: Parsed;
  try {
    parsed = parseFeed(text.trimStart());
  } catch (cause) {
    throw notAFeed(base, "is neither RSS nor Atom nor a JSON Feed", cause);
  }
  switch (parsed.format) {
    case "rss":
      return (parsed.feed.items ?? []).map((item) => ({
        ...{ id: item.guid?.value, title: item.title, link: item.link, published: item.pubDate },
        durationSec: item.itunes?.duration,
        stats: statsOf(item.media),
        candidates: [
          ...mediaOf(item.media),
          ...(item.enclosures ?? []).map(({ url, type, length }) => ({ url, type, sizeBytes: length })),
        ].flatMap(known),
      }));
    case "atom":
      return (parsed.feed.entries ?? []).map((entry) => ({
        ...{ id: entry.id, title: entry.title?.value, published: entry.published ?? entry.updated },
        link: entry.links?.find(({ rel = "alternate" }) => rel === "alternate")?.href,
        durationSec: undefined,
        stats: statsOf(entry.media),
        candidates: [
          ...mediaOf(entry.media),
          ...(entry.links ?? [])
            .filter(({ rel }) => rel === "enclosure")
            .map(({ href, type, length }) => ({ url: href, type, sizeBytes: length })),
        ].flatMap(known),
      }));
    case "rdf":
      return (parsed.feed.items ?? []).map((item) => ({
        ...{ id: item.link, title: item.title, link: item.link, published: item.dc?.dates?.[0] },
        durationSec: undefined,
        stats: statsOf(item.media),
        candidates: mediaOf(item.media).flatMap(known),
      }));
    case "json":
      return (parsed.feed.items ?? []).map((item) => ({
        ...{ id: item.id, title: item.title, link: item.url, published: item.date_published },
        durationSec: undefined,
        stats: null,
        candidates: (item.attachments ?? [])
          .map(({ url, mime_type, size_in_bytes, duration_in_seconds }) => ({
            ...{ url, type: mime_type, sizeBytes: size_in_bytes, durationSec: duration_in_seconds },
          }))
          .flatMap(known),
      }));
  }
}

/** What Media RSS has: a group is one video in several versions. */
function mediaOf(media: Media | undefined) {
  const contents = [...(media?.contents ?? []), ...(media?.groups ?? []).flatMap((group) => group.contents ?? [])];
  return contents.map(({ url, type, medium, fileSize, duration, isDefault }) => ({
    ...{ url, type, medium, sizeBytes: fileSize, durationSec: duration, isDefault },
  }));
}

function statsOf(media: Media | undefined): PublicStats | null {
  const community = media?.community ?? media?.groups?.[0]?.community;
  const views = community?.statistics?.views;
  if (views === undefined) return null;
  return { views, likes: community?.starRating?.count ?? null, comments: null };
}

/** A feed may leave any of it out, or have nonsense in its place. */
function known<Value extends { readonly url: string | undefined }>(
  candidate: Value,
): readonly (Omit<Value, "url"> & { url: string })[] {
  return candidate.url === undefined ? [] : [{ ...candidate, url: candidate.url }];
}

function isVideo({ url, type, medium }: Candidate): boolean {
  if (medium !== undefined) return medium === "video";
  return type === undefined || type === "application/octet-stream" ? VIDEO_URL.test(url) : type.startsWith("video/");
}

/** null for an entry without a video. */
function itemOf(entry: Entry, base: URL): SourceItem | null {
  const videos = entry.candidates.filter(isVideo);
  const video = videos.find(({ isDefault }) => isDefault === true) ?? videos[0];
  if (video === undefined) return null;
  // What is no address stays as it is: the guard will say what is wrong with it.
  const url = URL.parse(video.url, base)?.href ?? video.url;
  const published = typeof entry.published === "string" ? Date.parse(entry.published) : Number.NaN;
  const itemId = createHash("sha256")
    .update(entry.id ?? url)
    .digest("hex")
    .slice(0, 16);
  return {
    itemId,
    title: (entry.title?.trim() || decodeURIComponentSafely(url.split(/[?#]/)[0]?.split("/").at(-1) ?? url)).slice(
      0,
      MAX_TITLE,
    ),
    link: entry.link === undefined ? null : webAddress(entry.link, base),
    publishedMs: Number.isFinite(published) ? published : null,
    durationSec: positive(video.durationSec) ?? positive(entry.durationSec),
    media: { kind: "url", url, sizeBytes: positive(video.sizeBytes) },
    stats: entry.stats,
  };
}

/** Pages are shown as links: only to the web. */
function webAddress(link: string, base: URL): string | null {
  const url = URL.parse(link, base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}

const positive = (value: number | undefined) =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : null;

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function notAFeed(url: URL, why: string, cause?: unknown): PlayheadError {
  return new PlayheadError("source_failed", `what ${url.hostname} sends ${why}`, {
    hint: "give the address of an RSS, Atom or JSON feed",
    retryable: false,
    cause,
  });
}
