import type { TaskHandle } from "@playhead/sdk";
import { withRetries } from "../../media/with-retries.ts";
import { expectedAnalysisSec, expectedDownloadSec, guessedBytes, guessedDurationSec } from "../expected-time.ts";
import type { AddressGuard } from "../fetch/address-guard.ts";
import { monitoredFetch } from "../fetch/monitored-fetch.ts";
import { type Answer, expectSuccess, openUrl } from "../fetch/open-url.ts";
import { readBody } from "../fetch/read-body.ts";
import { MAX_LIST_BYTES } from "../limits.ts";
import type { ClipSource } from "./clip-source.ts";
import { readFeed } from "./feed-items.ts";

const LIST_SEC = 2;

/**
 * The videos of a feed on the web.
 *
 * @throws PlayheadError `source_refused` for an address that may not be called
 */
export function openFeed(address: string, maxItems: number, guard: AddressGuard): ClipSource {
  const { hostname } = guard.read(address);
  const itemSec = guessedDurationSec(null);
  return {
    kind: "feed",
    title: `feed of ${hostname}`,
    platform: hostname,
    listSec: LIST_SEC,
    expectedSec: (maxItems / 2) * (expectedAnalysisSec(itemSec) + expectedDownloadSec(guessedBytes(itemSec))),
    list: (task) =>
      monitoredFetch(hostname)(() => withRetries(task, task.signal, () => fetchFeed(address, maxItems, guard, task))),
  };
}

async function fetchFeed(address: string, maxItems: number, guard: AddressGuard, { signal }: TaskHandle) {
  const headers = { accept: "application/rss+xml, application/atom+xml, application/feed+json, */*;q=0.5" };
  const answer = await openUrl(address, { guard, signal, headers });
  expectSuccess(answer);
  const body = await readBody(answer, { signal, maxBytes: MAX_LIST_BYTES });
  return readFeed(textOf(body, answer), answer.url, maxItems);
}

/** By what the server says of its letters, or the document itself; else UTF-8. */
function textOf(body: Buffer, { response }: Answer): string {
  const said = /charset="?([\w-]+)/i.exec(response.headers["content-type"] ?? "")?.[1];
  const declared = /^\s*<\?xml[^>]*encoding=["']([\w-]+)/.exec(body.toString("latin1", 0, 200))?.[1];
  try {
    return new TextDecoder(said ?? declared ?? "utf-8").decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
