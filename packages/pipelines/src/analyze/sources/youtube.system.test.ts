import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { createMediaFolder } from "../../../fixtures/media-folder.ts";
import { setupAnalyze } from "../../../fixtures/setup-analyze.ts";
import { apiError, startYoutube, type YoutubeAnswers } from "../../../fixtures/youtube-server.ts";
import { RETRY_BY_CODE } from "../../media/retry-policy.ts";
import type { Report } from "../report/report.ts";
import type { YoutubeTarget } from "./youtube.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

const VIDEOS = [
  { id: "a", views: 1_000, likes: 10 },
  { id: "b", views: 900_000, likes: 40_000 },
  { id: "c", views: 20_000 },
  { id: "d", views: 5 },
  { id: "e", views: 300 },
];
const PLAYLIST: YoutubeTarget = { kind: "playlist", playlistId: "PL1" };

async function setup(answers: Partial<YoutubeAnswers> = {}) {
  const youtube = await startYoutube({ videos: VIDEOS, ...answers });
  onTestFinished(() => youtube.close());
  const place = setupAnalyze(media);
  const run = (target: YoutubeTarget = PLAYLIST, maxItems = 50) =>
    place.run({
      source: { kind: "youtube", target },
      youtubeKey: "the-key",
      youtubeUrl: youtube.baseUrl,
      maxItems,
      top: 2,
    });
  const report = () => JSON.parse(readFileSync(join(place.outDir, "report.json"), "utf8")) as Report;
  return { ...place, youtube, run, report };
}

test("a channel by its handle, page after page, ranked by what YouTube tells; the report says so", async () => {
  const { run, report, youtube, transport } = await setup();
  const result = await run({ kind: "channel", channel: "@known" });
  expect(result).toMatchObject({ state: "completed", completed: 5, failed: 0 });
  expect(result.top.map(({ item_id }) => item_id)).toEqual(["b", "c"]);
  expect(youtube.asked.map((each) => each.replace("/youtube/v3/", ""))).toEqual([
    "channels?part=contentDetails&forHandle=%40known",
    ...["", "&pageToken=2", "&pageToken=4"].map(
      (token) => `playlistItems?part=contentDetails&playlistId=UUknown&maxResults=50${token}`,
    ),
    "videos?part=snippet%2CcontentDetails%2Cstatistics&id=a%2Cb%2Cc%2Cd%2Ce&maxResults=50",
  ]);
  expect(new Set(youtube.keys)).toEqual(new Set(["the-key"]));
  expect(report()).toMatchObject({
    basis: "metadata",
    note: expect.stringContaining("cannot be downloaded"),
    left_out: 0,
  });
  expect(report().clips[0]).toMatchObject({
    url: "https://www.youtube.com/watch?v=b",
    duration_sec: 90,
    measured: null,
  });
  // No more of the key than that it was sent: neither in what viewers see nor in addresses.
  expect(JSON.stringify([transport.records, youtube.asked])).not.toContain("the-key");
});

test("no more is asked for than is wanted, and it is said that there is more", async () => {
  const { run, youtube, report } = await setup();
  expect(await run({ kind: "search", words: "cats & dogs" }, 3)).toMatchObject({ completed: 3 });
  expect(youtube.asked.filter((each) => each.includes("search"))).toHaveLength(2);
  expect(youtube.asked[0]).toContain("q=cats+%26+dogs");
  expect(report().left_out).toBe(1);
});

test("a quota that is used up is refused, with when it is full again; nothing is tried again", async () => {
  const { run, youtube, transport } = await setup({ fault: () => apiError(403, "quotaExceeded") });
  const { state, error } = await run();
  expect(state).toBe("failed");
  expect(error).toMatchObject({
    code: "source_refused",
    message: expect.stringMatching(/^the quota of the YouTube key is used up until \d{4}-\d\d-\d\dT0[78]:00:00.000Z$/),
    hint: expect.stringContaining("midnight Pacific Time"),
    detail: { reason: "quotaExceeded", resets_at: expect.any(String) },
  });
  expect(youtube.asked).toHaveLength(1);
  expect(transport.facts().map(({ type }) => type)).toContain("stage.failed");
});

test.each([
  [
    "a wrong key",
    apiError(400, "badRequest", "API key not valid. Please pass a valid API key."),
    "source_refused",
    /does not accept the key/,
  ],
  ["no such playlist", apiError(404, "playlistNotFound"), "source_refused", /has no such thing \(playlistNotFound\)/],
  ["an API that is not enabled", apiError(403, "accessNotConfigured"), "source_refused", /accessNotConfigured/],
])("%s is refused at once", async (_, fault, code, message) => {
  const { run, youtube } = await setup({ fault: () => fault });
  expect((await run()).error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(youtube.asked).toHaveLength(1);
});

test("an error that passes is tried again; one that stays is told", async () => {
  const once = await setup({ fault: (n) => (n === 1 ? { status: 503, body: {} } : null) });
  expect(await once.run()).toMatchObject({ state: "completed", completed: 5 });
  expect(once.transport.facts().map(({ type }) => type)).toContain("task.retried");
  const always = await setup({ fault: () => ({ status: 500, body: "down" }) });
  expect((await always.run()).error).toMatchObject({ code: "source_failed", detail: { status: 500 } });
  expect(always.youtube.asked).toHaveLength(RETRY_BY_CODE.source_failed?.attempts ?? 0);
});

test("nonsense is not taken for an answer", async () => {
  const { run } = await setup({ fault: () => ({ status: 200, body: { items: [{ contentDetails: {} }] } }) });
  expect((await run()).error).toMatchObject({ code: "source_failed" });
});

test("without a key, and for a channel that is not there, it says what to do", async () => {
  vi.stubEnv("YOUTUBE_API_KEY", "");
  const { run: refused } = setupAnalyze(media);
  await expect(refused({ source: { kind: "youtube", target: PLAYLIST } })).rejects.toMatchObject({
    code: "source_refused",
    hint: expect.stringContaining("YOUTUBE_API_KEY"),
  });
  const { run } = await setup();
  expect((await run({ kind: "channel", channel: "UCnobody" })).error).toMatchObject({
    code: "source_refused",
    message: 'YouTube has no channel "UCnobody"',
  });
});
