import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { RawFrame } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import type { DetectAnswer, DetectorSettings, DetectRequest, FoundFace } from "./detector-thread.ts";
import { type FaceParts, locateFaceParts } from "./face-parts.ts";

/** Finds faces in pictures, in a thread of its own. */
export interface FaceDetector {
  /**
   * Looks at a picture, whose memory is handed over. Pictures wait for each other.
   *
   * @returns the faces as shares of the picture
   * @throws PlayheadError `task_failed` when the detector has ended
   */
  detect(frame: Omit<RawFrame, "timeSec">): Promise<readonly FoundFace[]>;
  /** Whether it has ended, asked or not. */
  hasEnded(): boolean;
  /** Ends the thread; its memory is free when this resolves. */
  close(): Promise<void>;
}

/** Measured: nothing was taken for a face on synthetic pictures, as happens at 0.3. */
const MIN_CONFIDENCE = 0.5;
const MAX_FACES = 10;
/** Of JavaScript in the thread; the models are beside it, in some 100 MB. */
const MAX_HEAP_MB = 256;

/** The picture that the model looks at; others are brought to it. */
export const DETECTOR_FRAME = { width: 256, height: 256 } as const;

/**
 * Says whether faces can be found here.
 *
 * @param parts where the optional packages are; null when they are not installed
 * @returns the error that says what is missing; null when nothing is
 */
export function missingFaceParts(parts: FaceParts | null = locateFaceParts()): PlayheadError | null {
  if (parts !== null) return null;
  return new PlayheadError("part_missing", "faces cannot be found: the optional packages for it are not installed", {
    hint: "run npm install without --omit=optional, or choose styles that do not follow faces",
  });
}

/**
 * Starts a detector.
 *
 * @throws PlayheadError `part_missing` without the optional packages, `task_failed` when it cannot be started
 */
export async function openFaceDetector(): Promise<FaceDetector> {
  const parts = locateFaceParts();
  if (parts === null) throw missingFaceParts(parts);
  const settings: DetectorSettings = { parts, minConfidence: MIN_CONFIDENCE, maxFaces: MAX_FACES };
  const thread = new Worker(new URL("./detector-thread.ts", import.meta.url), {
    name: "playhead faces",
    workerData: settings,
    // What this process was started with is for its own program; what the library prints is for nobody.
    ...{ execArgv: [], stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } },
  });
  for (const stream of [thread.stdout, thread.stderr]) stream.resume();
  const waiting = new Map<number, PromiseWithResolvers<readonly FoundFace[]>>();
  let lastId = 0;
  let ended: PlayheadError | null = null;

  function end(cause: unknown): void {
    ended ??= endedError(cause);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  }
  const ready = Promise.withResolvers<readonly FoundFace[]>();
  waiting.set(lastId, ready);
  thread.on("message", ({ id, faces }: DetectAnswer) => {
    waiting.get(id)?.resolve(faces);
    waiting.delete(id);
  });
  thread.on("error", end);
  thread.on("exit", () => end(null));
  await ready.promise;

  return {
    detect({ width, height, pixels }) {
      if (ended !== null) return Promise.reject(ended);
      lastId += 1;
      const answer = Promise.withResolvers<readonly FoundFace[]>();
      waiting.set(lastId, answer);
      const request: DetectRequest = { id: lastId, width, height, pixels };
      thread.postMessage(request, [pixels.buffer]);
      return answer.promise;
    },
    hasEnded: () => ended !== null,
    async close() {
      if (ended !== null) return;
      const exited = once(thread, "exit");
      await thread.terminate();
      await exited;
    },
  };
}

function endedError(cause: unknown): PlayheadError {
  const why = cause instanceof Error ? cause.message : "it was closed";
  return new PlayheadError("task_failed", `the face detector has ended: ${why}`, {
    hint: "try it again; where memory is short, run fewer clips at once",
    retryable: cause !== null,
    cause,
  });
}
