import { PlayheadError } from "@playhead/sdk";
import { type AddressGuard, createAddressGuard } from "../fetch/address-guard.ts";
import type { ClipSource } from "./clip-source.ts";
import { openFeed } from "./feed.ts";
import { openFiles, openFolder } from "./folder.ts";
import { openYoutube, YOUTUBE_URL, type YoutubeTarget } from "./youtube.ts";

/** Where the clips are that are to be looked at. */
export type SourceSpec =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "feed"; readonly url: string }
  | ({ readonly kind: "youtube" } & { readonly target: YoutubeTarget });

export interface OpenSourceOptions {
  readonly maxItems: number;
  readonly guard: AddressGuard;
  readonly youtubeKey: string | undefined;
  /** @defaultValue Google's */
  readonly youtubeUrl: string | undefined;
  readonly nowMs: () => number;
}

/** @throws PlayheadError what is wrong with the source before it is asked for its list */
export async function openClipSource(spec: SourceSpec, options: OpenSourceOptions): Promise<ClipSource> {
  const { maxItems, guard, youtubeKey: key, youtubeUrl, nowMs } = options;
  switch (spec.kind) {
    case "folder":
      return openFolder(spec.path, maxItems);
    case "files":
      return openFiles(spec.paths.slice(0, maxItems), {
        title: "the given files",
        leftOut: Math.max(0, spec.paths.length - maxItems),
      });
    case "feed":
      return openFeed(spec.url, maxItems, guard);
    case "youtube": {
      // An address that was set here is trusted, also on this machine.
      const own = youtubeUrl === undefined ? guard : createAddressGuard({ allowPrivate: true });
      return openYoutube(spec.target, maxItems, { key, baseUrl: youtubeUrl ?? YOUTUBE_URL, guard: own, nowMs });
    }
  }
}

const YOUTUBE_WORDS = /^youtube:(channel|playlist|search):(.+)$/is;
const YOUTUBE_HOST = /^(?:www\.|m\.)?youtube\.com$/;

/**
 * Reads a source as it is typed: a folder; the address of a feed; `youtube:channel:UC…` or `@name`,
 * `youtube:playlist:PL…`, `youtube:search:WORDS`; or the address of a channel or playlist on YouTube.
 *
 * @throws PlayheadError `validation_error` for what is meant for YouTube and names nothing there
 */
export function parseSource(text: string): SourceSpec {
  const [, kind = "", what = ""] = YOUTUBE_WORDS.exec(text) ?? [];
  switch (kind.toLowerCase()) {
    case "channel":
      return { kind: "youtube", target: { kind: "channel", channel: what } };
    case "playlist":
      return { kind: "youtube", target: { kind: "playlist", playlistId: what } };
    case "search":
      return { kind: "youtube", target: { kind: "search", words: what } };
  }
  if (/^youtube:/i.test(text)) throw notOfYoutube();
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return { kind: "folder", path: text };
  return YOUTUBE_HOST.test(url.hostname) ? { kind: "youtube", target: targetOf(url) } : { kind: "feed", url: url.href };
}

function targetOf({ pathname, searchParams }: URL): YoutubeTarget {
  const playlistId = searchParams.get("list");
  if (playlistId !== null) return { kind: "playlist", playlistId };
  const channel = /^\/(?:channel\/(UC[\w-]+)|((?:@|%40)[^/]+))/.exec(pathname);
  if (channel !== null) return { kind: "channel", channel: channel[1] ?? channel[2]?.replace(/^%40/, "@") ?? "" };
  const words = searchParams.get("search_query");
  if (words !== null) return { kind: "search", words };
  throw notOfYoutube();
}

function notOfYoutube(): PlayheadError {
  return new PlayheadError("validation_error", "expected a channel, a playlist or a search of YouTube", {
    hint: "youtube:channel:@name, youtube:playlist:PL…, youtube:search:WORDS, or the address of a channel or playlist",
  });
}
