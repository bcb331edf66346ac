import { PlayheadError } from "@playhead/core";
import type { JobKind, StorageSettings, WorkPlace } from "@playhead/pipelines";
import { createPlaces, type Playhead, type StartedJob } from "@playhead/sdk";
import { inputFiles, uploadsIn } from "./input-files.ts";
import { touch, workFolderOf } from "./work-folders.ts";

/** Gets a file that was uploaded for a job. */
export interface UploadSource {
  /**
   * Where the upload lies on this machine, fetched if need be.
   * @throws PlayheadError `input_missing` for one that is not there (any more); others where it cannot be fetched
   */
  fetch(uploadId: string, started: StartedJob): Promise<string>;
  /** The job does not need what was fetched for it any more. */
  release(started: StartedJob): Promise<void>;
}

export interface JobRunnerOptions {
  readonly kinds: readonly JobKind[];
  /** How many jobs run at a time, of whatever kind, for whomever. */
  readonly parallel: number;
  /** Each job leaves what it makes in a folder in there. */
  readonly workDir: string;
  readonly registryDir: string;
  /** Folders whose files a job may name by their path. */
  readonly inputFolders: () => readonly string[];
  readonly urlOf: WorkPlace["urlOf"];
  readonly ffmpegPath: string | undefined;
  /** Where jobs upload to that are to be uploaded; null for nowhere. */
  readonly storage: StorageSettings | null;
  /** Whether the server is asked for jobs; else something else names them, which are then claimed. @defaultValue true */
  readonly asks?: boolean;
  /** Told that a job is at work in its folder. @returns to be called when it is not any more. @defaultValue nobody */
  readonly onWork?: (firstAttempt: string) => () => void;
}

/** After it was told to stop, work has so long to come to an end: ffmpeg is ended, partial files are removed. */
const LAST_MS = 8_000;

/** Runs jobs that a server starts, for any number of connections, which share the places. */
export function createJobRunner(options: JobRunnerOptions) {
  const { kinds, parallel, workDir, registryDir, inputFolders, urlOf, ffmpegPath, storage, asks = true } = options;
  const places = createPlaces(parallel);
  const stopping = new AbortController();
  const endOffers: (() => void)[] = [];
  const underWay = new Set<Promise<unknown>>();

  async function run(kind: JobKind, playhead: Playhead, uploads: UploadSource, started: StartedJob): Promise<unknown> {
    const { parseInput } = await import("@playhead/pipelines");
    const input = parseInput(kind, started.metadata.input);
    const outDir = workFolderOf(workDir, started.first_attempt);
    const endWork = options.onWork?.(started.first_attempt);
    try {
      const fileOf = await filesOf(input, uploads, started);
      const upload = storage === null ? {} : { storage };
      const place = { registryDir, outDir: () => outDir, urlOf, fileOf, ffmpegPath, ...upload };
      return await kind.run({ playhead, started, input, place });
    } finally {
      await uploads.release(started);
      touchIfThere(outDir);
      endWork?.();
    }
  }

  async function filesOf(input: unknown, uploads: UploadSource, started: StartedJob) {
    const found = new Map<string, string | PlayheadError>();
    for (const uploadId of uploadsIn(input)) {
      try {
        found.set(uploadId, await uploads.fetch(uploadId, started));
      } catch (error) {
        if (!(error instanceof PlayheadError) || error.retryable) throw error;
        // A text that only looks like one is told of when somebody wants a file by that name.
        found.set(uploadId, error);
      }
    }
    return inputFiles(found, inputFolders());
  }

  function follow<Value>(work: Promise<Value>): Promise<Value> {
    const ended = work.catch(() => undefined).finally(() => underWay.delete(ended));
    underWay.add(ended);
    return work;
  }

  return {
    /** Takes jobs through a connection from now on. */
    attach(playhead: Playhead, uploads: UploadSource): void {
      for (const kind of kinds) {
        const work = (started: StartedJob) => follow(run(kind, playhead, uploads, started));
        const { signal } = stopping;
        endOffers.push(playhead.handle(kind.kind, work, { parallel: places, needsInput: true, asks, signal }));
      }
    },
    running: (): number => places.size - places.free(),
    /**
     * Takes nothing more, and waits for what runs; what has not ended by then is given back to the server.
     *
     * @returns how many jobs were given back
     */
    async drain(limitMs: number): Promise<number> {
      for (const end of endOffers.splice(0)) end();
      await within(allEnded(), limitMs);
      const left = underWay.size;
      stopping.abort(
        new PlayheadError("worker_stopped", "its worker was told to stop", {
          hint: "it is tried again, and goes on with what was finished",
        }),
      );
      await within(allEnded(), LAST_MS);
      return left;
    },
  };

  async function allEnded(): Promise<void> {
    await Promise.all(underWay);
    // What a job reports at its end is recorded after its work.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function touchIfThere(folder: string): void {
  try {
    touch(folder);
  } catch {
    // One that made nothing has left nothing.
  }
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
