import { PlayheadError } from "@playhead/core";
import { deathWrapper } from "../run/death-wrapper.ts";
import { capture } from "../system/capture.ts";
import { locateProgram, type Program } from "../system/locate.ts";
import { tryEncoders } from "./encoders.ts";
import { isTooOld, OLDEST_VERSION, PART_KINDS, parseParts, parseVersion, REQUIREMENTS } from "./requirements.ts";
import { canDrawText, NO_FONT } from "./text-trial.ts";
import { runTrial } from "./trial.ts";

export interface DoctorOptions {
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  /** For all of it together. @defaultValue 10 000 */
  readonly timeoutMs?: number;
}

/** One thing that was looked at. */
export interface DoctorCheck {
  /** For example `ffmpeg`, `filter scdet`, `trial encode`. */
  readonly name: string;
  readonly ok: boolean;
  /** Whether Playhead works without it, with something missing. */
  readonly isOptional: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do about it; null when it is well. */
  readonly advice: string | null;
}

export interface FfmpegReport {
  /** Whether all that is not optional is well. */
  readonly ok: boolean;
  readonly ffmpegPath: string | null;
  readonly ffprobePath: string | null;
  readonly version: string | null;
  readonly checks: readonly DoctorCheck[];
}

const FULL_BUILD = "install a full build of ffmpeg (Debian, Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg)";

/**
 * Looks whether ffmpeg is there and fit: programs, version, every part that Playhead uses, and a trial encode that is
 * really run. Never throws: what is wrong is in the report, with what to do.
 */
export async function doctor(options: DoctorOptions = {}): Promise<FfmpegReport> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const deadlineMs = performance.now() + timeoutMs;
  const leftMs = () => Math.max(1, deadlineMs - performance.now());
  const [ffmpeg, ffprobe] = await Promise.all([
    findProgram("ffmpeg", options.ffmpegPath, leftMs()),
    findProgram("ffprobe", options.ffprobePath, leftMs()),
  ]);
  const checks = [ffmpeg.check, ffprobe.check];
  if (ffmpeg.version !== null) checks.push(versionCheck(ffmpeg.version));
  if (ffmpeg.path !== null) checks.push(...(await partChecks(ffmpeg.path, leftMs())));
  if (ffmpeg.path !== null && ffprobe.path !== null) {
    checks.push(await trialCheck(ffmpeg.path, ffprobe.path, leftMs()));
    checks.push(await fontCheck(ffmpeg.path, leftMs()));
    checks.push(await hardwareCheck(ffmpeg.path, ffprobe.path, leftMs()));
  }
  checks.push(await wrapperCheck());
  const ok = checks.every((check) => check.ok || check.isOptional);
  return { ok, ffmpegPath: ffmpeg.path, ffprobePath: ffprobe.path, version: ffmpeg.version, checks };
}

const well = (name: string, found: string): DoctorCheck => ({ name, ok: true, isOptional: false, found, advice: null });

const ill = (name: string, found: string, advice: string): DoctorCheck => ({
  name,
  ok: false,
  isOptional: false,
  found,
  advice,
});

function illFrom(name: string, error: unknown): DoctorCheck {
  if (!(error instanceof PlayheadError)) return ill(name, String(error), "report this: it is a defect");
  return ill(name, error.message, error.hint ?? "see the message");
}

async function findProgram(program: Program, path: string | undefined, timeoutMs: number) {
  try {
    const found = await locateProgram(program, { path });
    const { stdout } = await capture(found, ["-version"], { timeoutMs });
    const version = parseVersion(stdout);
    if (version !== null) return { path: found, version, check: well(program, `${version} (${found})`) };
    return { path: null, version: null, check: ill(program, `${found} is not ${program}`, FULL_BUILD) };
  } catch (error) {
    return { path: null, version: null, check: illFrom(program, error) };
  }
}

function versionCheck(version: string): DoctorCheck {
  const oldest = `${OLDEST_VERSION.major}.${OLDEST_VERSION.minor}`;
  if (!isTooOld(version)) return well("version", version);
  return ill("version", `${version} is older than ${oldest}`, `install ffmpeg ${oldest} or newer`);
}

async function partChecks(ffmpegPath: string, timeoutMs: number): Promise<readonly DoctorCheck[]> {
  try {
    const listings = await Promise.all(
      PART_KINDS.map(async (kind) => {
        const { stdout } = await capture(ffmpegPath, ["-hide_banner", `-${kind}`], { timeoutMs });
        return [kind, parseParts(kind, stdout)] as const;
      }),
    );
    const parts = new Map(listings);
    return REQUIREMENTS.map(({ kind, name, purpose, isOptional = false }) => {
      const title = `${kind.slice(0, -1)} ${name}`;
      const check = parts.get(kind)?.has(name)
        ? well(title, "there")
        : ill(title, `missing: needed for ${purpose}`, FULL_BUILD);
      return { ...check, isOptional };
    });
  } catch (error) {
    return [illFrom("parts", error)];
  }
}

async function trialCheck(ffmpegPath: string, ffprobePath: string, timeoutMs: number): Promise<DoctorCheck> {
  const startMs = performance.now();
  try {
    await runTrial({ ffmpegPath, ffprobePath, timeoutMs });
    return well("trial encode", `H.264 and AAC in mp4, ${Math.round(performance.now() - startMs)} ms`);
  } catch (error) {
    return illFrom("trial encode", error);
  }
}

async function fontCheck(ffmpegPath: string, timeoutMs: number): Promise<DoctorCheck> {
  try {
    const draws = await canDrawText({ ffmpegPath, timeoutMs });
    return { ...(draws ? well("fonts", "there") : ill("fonts", NO_FONT.message, NO_FONT.hint)), isOptional: true };
  } catch (error) {
    return { ...illFrom("fonts", error), isOptional: true };
  }
}

/** That there is none is how most machines are. */
async function hardwareCheck(ffmpegPath: string, ffprobePath: string, timeoutMs: number): Promise<DoctorCheck> {
  const name = "hardware encoders";
  try {
    const trials = await tryEncoders({ ffmpegPath, ffprobePath, timeoutMs });
    const proven = trials.filter(({ fault }) => fault === null).map(({ encoder }) => encoder);
    const tried = trials.map(({ encoder }) => encoder).join(", ");
    const none = trials.length === 0 ? "none in this ffmpeg" : `none works here (tried ${tried})`;
    return { ...well(name, proven.length > 0 ? proven.join(", ") : `${none}: x264 is used`), isOptional: true };
  } catch (error) {
    return { ...illFrom(name, error), isOptional: true };
  }
}

async function wrapperCheck(): Promise<DoctorCheck> {
  const name = "setpriv --pdeathsig";
  if ((await deathWrapper()).length > 0) return { ...well(name, "there"), isOptional: true };
  const found = "missing: ffmpeg outlives a Playhead that is killed, until the next start";
  return { ...ill(name, found, "on Linux, install util-linux; elsewhere there is none"), isOptional: true };
}
