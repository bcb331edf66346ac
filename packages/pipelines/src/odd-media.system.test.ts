import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { createSlots, type PlayheadError } from "@playhead/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMediaFolder } from "../fixtures/media-folder.ts";
import { makeIngredients, makeOdd, type OddMedia, oddMedia, PLAIN_FILE } from "../fixtures/odd-media.ts";
import { playWhole } from "../fixtures/play-whole.ts";
import type { RecordingTransport } from "../fixtures/recording-transport.ts";
import { setupMerge } from "../fixtures/setup-merge.ts";
import { setupRun } from "../fixtures/setup-run.ts";

const media = createMediaFolder();
const TABLE = oddMedia(media);
/** One more at a time than there are cores: each waits a third of its time for files, and for processes to begin and end. */
const slots = createSlots(availableParallelism() + 1);
const PLAIN = { sec: 1, frameSec: 0.04 };
const LEAST_TOLERANCE_SEC = 0.05;
/** Styles whose clips are looked at. */
const stylesOf = ({ isCropped = false }: OddMedia) => (isCropped ? ["original", "center_focus"] : ["original"]);
/** Of damaged input: what is left of it is shown, and that is less than it says. */
const LEAST_LEFT = 0.3;

beforeAll(() => makeIngredients(media));
afterAll(() => media.remove());

/** Bars of tasks never go back, and are full when the task is done. */
function expectSoundBars({ records }: RecordingTransport): void {
  const bars = new Map<unknown, number>();
  for (const { data } of records) {
    if (typeof data.percent_complete !== "number") continue;
    const before = bars.get(data.task_id) ?? 0;
    expect(data.percent_complete, `the bar of ${String(data.task_id)}`).toBeGreaterThanOrEqual(before);
    expect(data.percent_complete).toBeLessThanOrEqual(100);
    bars.set(data.task_id, data.percent_complete);
    if (data.state === "completed") expect(data.percent_complete).toBe(100);
  }
  expect([...bars.values()]).toContain(100);
}

const within = (got: number, wanted: number, toleranceSec: number, what: string) =>
  expect(Math.abs(got - wanted), `${what}: ${got} s, expected ${wanted} s`).toBeLessThanOrEqual(toleranceSec + 1e-6);

async function expectClips(odd: OddMedia, input: string): Promise<void> {
  const { picturesSec, hasSound, size, frameSec = 0.04, isDamaged = false } = odd;
  const [start_sec, end_sec] = odd.scene ?? [0, picturesSec];
  const scenes = isDamaged ? undefined : [{ scene_id: "1", title: "All", start_sec, end_sec }];
  const styles = stylesOf(odd);
  const { run, transport, outDir, files, running } = setupRun(media);
  const { state, error, clips } = await run({ input, styles, maxParallel: 1, ...(scenes && { scenes }) });
  expect({ state, error }).toEqual({ state: "completed", error: null });
  expect(clips.map(({ style }) => style)).toEqual(styles);
  for (const clip of clips) {
    const played = await playWhole(`${outDir}/${clip.file}`);
    const [width, height] = clip.style === "original" ? size : portraitOf(size);
    expect(played).toMatchObject({ width, height, hasSound, complaints: "", sizeBytes: clip.size_bytes });
    expect(clip).toMatchObject({ width, height });
    if (isDamaged) {
      expect(played.picturesSec).toBeGreaterThan(picturesSec * LEAST_LEFT);
      within(played.picturesSec, clip.duration_sec, LEAST_TOLERANCE_SEC + frameSec, "the clip as it was told");
      continue;
    }
    const toleranceSec = Math.max(LEAST_TOLERANCE_SEC, frameSec);
    within(played.picturesSec, end_sec - start_sec, toleranceSec, `pictures of ${clip.style}`);
    within(clip.duration_sec, end_sec - start_sec, toleranceSec, "the clip as it was told");
  }
  expect(files()).toHaveLength(styles.length * 2 + 1);
  expect(running()).toEqual([]);
  expectSoundBars(transport);
  const told = transport.facts().flatMap(({ data }) => (data.step === "complete" ? [data.details] : []));
  expect(told).toEqual(clips.map(({ size_bytes }) => expect.objectContaining({ size_bytes })));
}

function portraitOf([width, height]: readonly [number, number]): readonly [number, number] {
  const wide = Math.floor(Math.min(1080, Math.max(360, Math.min(width, height))) / 2) * 2;
  return [wide, Math.floor((wide * 16) / 9 / 2) * 2];
}

async function expectMerge(odd: OddMedia, input: string): Promise<void> {
  const { picturesSec, wholeSec = picturesSec, frameSec = 0.04, isDamaged = false } = odd;
  const { run, output, transport, files, running } = setupMerge(media);
  const { state, error, summary } = await run({ inputs: [media.at(PLAIN_FILE), input], maxParallel: 1 });
  expect({ state, error }).toEqual({ state: "completed", error: null });
  const played = await playWhole(output);
  // The plain one has sound.
  expect(played).toMatchObject({ hasSound: true, complaints: "", sizeBytes: summary?.size_bytes });
  expect(played).toMatchObject({ width: summary?.width, height: summary?.height });
  const segments = summary?.segments as readonly Readonly<Record<string, unknown>>[];
  expect(segments.map(({ file }) => file)).toEqual([PLAIN_FILE, basename(input).replace("\n", "?")]);
  // A picture of the result's, a picture of the part's, or what ears and eyes do not notice.
  const resultFrameSec = 1 / Number(summary?.frame_rate);
  const toleranceSec = Math.max(LEAST_TOLERANCE_SEC, resultFrameSec, frameSec);
  const [first, second] = segments;
  expect(first).toMatchObject({ start_sec: 0 });
  within(Number(first?.end_sec), PLAIN.sec, toleranceSec, "the first part");
  expect(second?.start_sec).toBe(first?.end_sec);
  if (isDamaged) expect(Number(second?.duration_sec)).toBeGreaterThan(picturesSec * LEAST_LEFT);
  else within(Number(second?.duration_sec), wholeSec, toleranceSec, "the second part");
  within(played.picturesSec, Number(second?.end_sec), toleranceSec, "pictures of the result");
  within(played.soundSec, Number(second?.end_sec), toleranceSec, "sound of the result");
  expect(files()).toEqual(["merged.mp4", "merged.segments.json"]);
  expect(running()).toEqual([]);
  expectSoundBars(transport);
}

/** Of one case, waiting for a place included: on a machine that has much else to do. */
const CASE_TIMEOUT_MS = 300_000;

describe.concurrent("whatever people have is cut into clips, and merged with a plain video", () => {
  test.each(TABLE)(
    "$name",
    async (odd) => {
      await slots.acquire();
      try {
        const input = await makeOdd(media, odd);
        if (odd.refused === undefined) {
          await expectClips(odd, input);
          await expectMerge(odd, input);
          return;
        }
        await expect(setupRun(media).run({ input })).rejects.toThrow(expect.objectContaining({ code: odd.refused }));
        const { run, files, running } = setupMerge(media);
        const { state, error } = await run({ inputs: [media.at(PLAIN_FILE), input] });
        expect(state).toBe("failed");
        expect((error as PlayheadError).code).toBe(odd.refused);
        expect([files(), running()]).toEqual([[], []]);
      } finally {
        slots.release();
      }
    },
    CASE_TIMEOUT_MS,
  );
});
