import { randomBytes } from "node:crypto";
import { mkdir, realpath, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import {
  checkInputFile,
  ensureDiskSpace,
  ensureWritableFolder,
  evenSize,
  locateProgram,
  unwritable,
} from "@playhead/ffmpeg";
import { createSlots, PlayheadError, type Slots } from "@playhead/sdk";
import { fileWords } from "../media/words.ts";
import { FITS, type MergeInput, type MergeOptions } from "./merge-options.ts";

/** An input as it was given. */
export interface GivenPart {
  /** From 1, as people count. */
  readonly number: number;
  /** Absolute. */
  readonly path: string;
  /** As people see it: without folders. */
  readonly name: string;
  readonly title: string;
  readonly sizeBytes: number;
  readonly isUpload: boolean;
}

/** What is known when the job begins. */
export interface Prepared {
  readonly given: readonly GivenPart[];
  /** Absolute. */
  readonly output: string;
  /** Beside the output, and told by its name. */
  readonly segmentsFile: string;
  /** Everything that is not the result itself is written in here; it is removed however the job ends. */
  readonly workDir: string;
  /** The output's folder was not there before. */
  readonly isNewFolder: boolean;
  readonly slots: Slots;
}

const MIN_INPUTS = 2;
const MAX_INPUTS = 1_000;
const MAX_PARALLEL = 4;
const MAX_FPS = 120;
const MIN_SIDE = 16;
const MAX_SIDE = 8_192;
const MAX_CRF = 51;
/** File systems take names of 255 bytes. */
const MAX_NAME_BYTES = 255;
/** Room that is left to others on the disk. */
export const DISK_MARGIN_BYTES = 64 * 1024 * 1024;

/**
 * Everything that can be refused without opening a video is refused here, before there is a job; then the folder to work
 * in is named.
 *
 * @throws PlayheadError for options, inputs, an ffmpeg or an output that cannot be worked with
 */
export async function prepare(options: MergeOptions): Promise<Prepared> {
  const fault = faultOf(options);
  if (fault !== null) throw new PlayheadError("invalid_request", fault);
  const slots = createSlots(options.maxParallel ?? Math.min(MAX_PARALLEL, availableParallelism()));
  await locateProgram("ffmpeg", { path: options.ffmpegPath });
  const given = await Promise.all(options.inputs.map(lookAt));
  const output = resolve(options.output);
  const segmentsFile = `${output.slice(0, -extname(output).length)}.segments.json`;
  const folder = dirname(output);
  await refuseTaken(output, given, options.replace ?? false);
  if (options.replace !== true) await refuseTaken(segmentsFile, [], false);
  await ensureDiskSpace(folder, DISK_MARGIN_BYTES);
  const isNewFolder = (await stat(folder).catch(() => null)) === null;
  await ensureWritableFolder(folder);
  const suffix = `.${randomBytes(4).toString("hex")}.part`;
  const name = basename(output) + suffix;
  const workDir = join(folder, Buffer.byteLength(name) > MAX_NAME_BYTES ? suffix : name);
  return { given, output, segmentsFile, workDir, isNewFolder, slots };
}

/** @throws PlayheadError when it cannot be made */
export async function makeWorkDir(workDir: string): Promise<void> {
  await mkdir(workDir).catch((error: unknown) => {
    throw unwritable(dirname(workDir), error);
  });
}

async function lookAt(input: string | MergeInput, index: number): Promise<GivenPart> {
  const { file, title, isUpload = false } = typeof input === "string" ? { file: input } : input;
  const path = file === "" ? file : resolve(file);
  const sizeBytes = await checkInputFile(path);
  const name = fileWords(path);
  return { number: index + 1, path, name, title: title ?? name, sizeBytes, isUpload };
}

/** Names may differ while the file is the same: links, `..`, a file system that ignores case. */
async function refuseTaken(path: string, given: readonly GivenPart[], mayReplace: boolean): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  const words = fileWords(path);
  if (found.isDirectory()) {
    const message = `cannot write to "${words}": a folder has that name`;
    throw new PlayheadError("output_unwritable", message, { hint: "choose another name, or remove the folder" });
  }
  const real = await realpath(path);
  const reals = await Promise.all(given.map((part) => realpath(part.path)));
  if (reals.includes(real)) {
    const message = `the output "${words}" is one of the inputs itself`;
    throw new PlayheadError("invalid_request", message, { hint: "choose another output folder or name" });
  }
  if (mayReplace) return;
  const message = `there is a file "${words}" already`;
  throw new PlayheadError("output_unwritable", message, { hint: "choose another name, or say that it is replaced" });
}

function faultOf({ inputs, output, size, fps, fit, target }: MergeOptions): string | null {
  if (inputs.length < MIN_INPUTS) return `expected at least ${MIN_INPUTS} videos to merge, got ${inputs.length}`;
  if (inputs.length > MAX_INPUTS) return `expected at most ${MAX_INPUTS} videos to merge, got ${inputs.length}`;
  if (extname(output).toLowerCase() !== ".mp4")
    return `expected the name of the output to end with .mp4, got ${JSON.stringify(fileWords(output))}`;
  if (size !== undefined) {
    const { width, height } = evenSize(size);
    const isFit = [size.width, size.height].every((side) => side >= MIN_SIDE && side <= MAX_SIDE);
    if (!isFit || width !== size.width || height !== size.height)
      return `expected a size of even numbers from ${MIN_SIDE} to ${MAX_SIDE}, got ${size.width} × ${size.height}`;
  }
  if (fps !== undefined && !(fps >= 1 && fps <= MAX_FPS)) return `expected fps to be 1 to ${MAX_FPS}, got ${fps}`;
  if (fit !== undefined && !FITS.includes(fit)) return `expected fit to be ${FITS.join(", ")}, got ${String(fit)}`;
  if (target?.kind === "size" && !(Number.isSafeInteger(target.maxBytes) && target.maxBytes > 0))
    return `expected a size in bytes over 0, got ${target.maxBytes}`;
  if (target?.kind === "quality" && !(target.crf >= 0 && target.crf <= MAX_CRF))
    return `expected a crf of 0 to ${MAX_CRF}, got ${target.crf}`;
  return null;
}
