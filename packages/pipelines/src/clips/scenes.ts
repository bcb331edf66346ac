import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";
import { secondsWords } from "../media/words.ts";

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
/** Scenes may meet, and as much overlap is a rounding. */
const OVERLAP_TOLERANCE_SEC = 0.001;
/** Nobody wants to watch less; a video that is shorter is taken whole. */
const MIN_SCENE_SEC = 0.1;
const MAX_SCENES = 10_000;
/** A message is one line: it tells the first faults, `detail.faults` has them all. */
const MAX_TOLD = 3;
/** Ids are part of file names. */
export const SCENE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const TIMECODE = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,2}(?:\.\d+)?)$/;

const time = z.union(
  [
    z.number(),
    z
      .string()
      .regex(TIMECODE)
      .transform((text) => timecodeSec(text)),
  ],
  'expected seconds, or a timecode such as "00:01:02.5"',
);
const sceneId = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(z.string().regex(SCENE_ID, "expected 1 to 40 letters, digits, dashes or underscores"));
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
const scenes = z
  .array(scene, "expected a list of scenes")
  .min(1, "expected at least one scene, got none")
  .max(MAX_SCENES, `expected at most ${MAX_SCENES} scenes`);

/**
 * Reads scenes out of JSON: a list, or an object with `scenes`; times in seconds or as timecodes.
 *
 * @throws PlayheadError `scenes_invalid` that names the first faults by path, and in `detail.faults` all of them
 */
export function parseScenes(json: unknown): readonly SceneSpec[] {
  const list = typeof json === "object" && json !== null && "scenes" in json ? json.scenes : json;
  const parsed = scenes.safeParse(list);
  if (!parsed.success) throw invalid(parsed.error.issues.map(({ path, message }) => `${pathWords(path)}: ${message}`));
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
 * @throws PlayheadError `scenes_invalid` that tells the first faults, and in `detail.faults` all of them
 */
export function checkScenes(list: readonly SceneSpec[], durationSec: number): readonly SceneSpec[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  let before: SceneSpec | null = null;
  for (const each of list) {
    if (ids.has(each.scene_id)) faults.push(`scene ${each.scene_id} is there twice`);
    ids.add(each.scene_id);
    faults.push(...timeFaults(each, before, durationSec));
    before = each;
  }
  if (faults.length > 0) throw invalid(faults);
  return list.map((each) => ({ ...each, end_sec: Math.min(each.end_sec, durationSec) }));
}

function timeFaults(
  { scene_id, start_sec, end_sec }: SceneSpec,
  before: SceneSpec | null,
  durationSec: number,
): readonly string[] {
  const name = `scene ${scene_id}`;
  const faults: string[] = [];
  const endSec = Math.min(end_sec, durationSec);
  const least = Math.min(MIN_SCENE_SEC, durationSec);
  if (start_sec < 0) faults.push(`${name} starts at ${secondsWords(start_sec)}, before the video`);
  if (end_sec < start_sec)
    faults.push(`${name} ends at ${secondsWords(end_sec)}, before it starts at ${secondsWords(start_sec)}`);
  else if (start_sec >= durationSec)
    faults.push(`${name} starts at ${secondsWords(start_sec)}, but the video ends at ${secondsWords(durationSec)}`);
  else if (end_sec > durationSec + END_TOLERANCE_SEC)
    faults.push(`${name} ends at ${secondsWords(end_sec)}, but the video ends at ${secondsWords(durationSec)}`);
  else if (endSec - start_sec < least - OVERLAP_TOLERANCE_SEC)
    faults.push(`${name} is ${secondsWords(endSec - start_sec)} long; at least ${secondsWords(least)} are needed`);
  if (before !== null && start_sec < before.end_sec - OVERLAP_TOLERANCE_SEC)
    faults.push(
      start_sec < before.start_sec
        ? `${name} comes after scene ${before.scene_id}, but starts before it`
        : `${name} starts at ${secondsWords(start_sec)}, inside scene ${before.scene_id}`,
    );
  return faults;
}

function invalid(faults: readonly string[]): PlayheadError {
  const more = faults.length - MAX_TOLD;
  const told = `${faults.slice(0, MAX_TOLD).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return new PlayheadError("scenes_invalid", `the scenes are wrong: ${told}`, {
    hint: "each needs start_sec and end_sec; they come in order, do not overlap, and lie within the video",
    detail: { faults },
  });
}

/** `scenes[2].start_sec`. */
function pathWords(path: readonly PropertyKey[]): string {
  return `scenes${path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("")}`;
}

function timecodeSec(text: string): number {
  const [, hours, minutes, secs] = TIMECODE.exec(text) ?? [];
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(secs ?? 0);
}
