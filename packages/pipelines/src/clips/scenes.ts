import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";

/** A part of the video that clips are made of. */
export interface SceneSpec {
  /** Short, unique among the scenes; part of file names. */
  readonly scene_id: string;
  readonly title: string;
  readonly start_sec: number;
  readonly end_sec: number;
}

/** A scene may end this much after the video and is cut to it: players and lists round. */
const END_TOLERANCE_SEC = 0.5;
const MIN_SCENE_SEC = 0.1;
const MAX_SCENES = 10_000;
const TIMECODE = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,2}(?:\.\d+)?)$/;

const time = z.union([
  z.number(),
  z.string().regex(TIMECODE, 'expected seconds, or a timecode such as "00:01:02.5"').transform(timecodeSec),
]);
const sceneId = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/, "expected 1 to 40 letters, digits, dashes or underscores"),
  );
const scene = z
  .object({
    scene_id: sceneId.optional(),
    id: sceneId.optional(),
    title: z.string().max(200).optional(),
    start_sec: time.optional(),
    start: time.optional(),
    end_sec: time.optional(),
    end: time.optional(),
  })
  .refine((each) => (each.start_sec ?? each.start) !== undefined, "expected start_sec")
  .refine((each) => (each.end_sec ?? each.end) !== undefined, "expected end_sec");
const scenes = z.array(scene).min(1, "expected at least one scene").max(MAX_SCENES);

/**
 * Reads scenes out of JSON: a list, or an object with `scenes`; times in seconds or as timecodes.
 *
 * @throws PlayheadError `scenes_invalid` that names every fault by path
 */
export function parseScenes(json: unknown): readonly SceneSpec[] {
  const list = typeof json === "object" && json !== null && "scenes" in json ? json.scenes : json;
  const parsed = scenes.safeParse(list);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `scenes${path.map((part) => `[${String(part)}]`).join("")}: ${message}`,
    );
    throw invalid(faults.slice(0, 5).join("; "), { faults });
  }
  return parsed.data.map((each, index) => {
    const scene_id = each.scene_id ?? each.id ?? String(index + 1);
    return {
      scene_id,
      title: each.title ?? `Scene ${scene_id}`,
      start_sec: each.start_sec ?? each.start ?? 0,
      end_sec: each.end_sec ?? each.end ?? 0,
    };
  });
}

/**
 * Holds scenes against the video: in order, apart, inside it.
 *
 * @returns the scenes, the last one cut to the video's end where it was a rounding over it
 * @throws PlayheadError `scenes_invalid` that names every fault
 */
export function checkScenes(list: readonly SceneSpec[], durationSec: number): readonly SceneSpec[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  let before: SceneSpec | null = null;
  for (const each of list) {
    const name = `scene ${each.scene_id}`;
    if (ids.has(each.scene_id)) faults.push(`${name} is there twice`);
    ids.add(each.scene_id);
    if (each.start_sec < 0) faults.push(`${name} starts before 0`);
    else if (each.end_sec <= each.start_sec)
      faults.push(`${name} ends (${seconds(each.end_sec)}) before it starts (${seconds(each.start_sec)})`);
    else if (each.end_sec - each.start_sec < MIN_SCENE_SEC) faults.push(`${name} is shorter than ${MIN_SCENE_SEC} s`);
    if (each.end_sec > durationSec + END_TOLERANCE_SEC || each.start_sec >= durationSec) {
      faults.push(`${name} ends at ${seconds(each.end_sec)}, but the video is ${seconds(durationSec)} long`);
    }
    if (before !== null && each.start_sec < before.end_sec)
      faults.push(`${name} overlaps scene ${before.scene_id}, or comes before it`);
    before = each;
  }
  if (faults.length > 0) throw invalid(faults.slice(0, 5).join("; "), { faults });
  return list.map((each) => ({ ...each, end_sec: Math.min(each.end_sec, durationSec) }));
}

function invalid(faults: string, detail: Record<string, unknown>): PlayheadError {
  return new PlayheadError("scenes_invalid", `the scenes are wrong: ${faults}`, {
    hint: "scenes come in order, do not overlap, and end within the video",
    detail,
  });
}

function timecodeSec(text: string): number {
  const [, hours, minutes, secs] = TIMECODE.exec(text) ?? [];
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(secs ?? 0);
}

function seconds(value: number): string {
  return `${Math.round(value * 100) / 100} s`;
}
