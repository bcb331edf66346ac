export { type AnalyzeOptions, analyze, type MediaAnalysis } from "./analysis/analyze.ts";
export type { Loudness } from "./analysis/sound-lines.ts";
export { type Span, shareOf } from "./analysis/span.ts";
export { type DiagnoseContext, diagnose } from "./diagnose/diagnose.ts";
export type { LogLevel, LogLine } from "./diagnose/log-line.ts";
export { type DoctorCheck, type DoctorOptions, doctor, type FfmpegReport } from "./doctor/doctor.ts";
export {
  type EncodersOptions,
  type EncoderTrial,
  type ProvenOptions,
  provenEncoders,
  tryEncoders,
} from "./doctor/encoders.ts";
export { canDrawText, NO_FONT, type TextTrialOptions } from "./doctor/text-trial.ts";
export { type RawFrame, type ReadFramesOptions, readFrames } from "./frames/read-frames.ts";
export { loudnessFilter } from "./loudness/loudness-filter.ts";
export { type LoudnessOptions, type MeasuredLoudness, measureLoudness } from "./loudness/measure-loudness.ts";
export { measureDuration } from "./measure-duration.ts";
export { type ArgvPaths, buildArgv } from "./plan/argv.ts";
export { EVEN_FILTER, evenDown, evenSize, type FrameSize } from "./plan/even-size.ts";
export { filterValue } from "./plan/filter-value.ts";
export type { Part } from "./plan/part.ts";
export { type FfmpegPlan, type PlannedPass, planTask } from "./plan/plan.ts";
export { type SequencePart, writeSequence } from "./plan/sequence.ts";
export type {
  AudioEncoding,
  FfmpegTask,
  FileInput,
  GeneratedInput,
  H264Encoder,
  HardwareEncoder,
  OutputLength,
  PictureFormat,
  PictureInput,
  SequenceInput,
  TaskInput,
  TaskOutput,
  VideoEncoding,
  VideoQuality,
  X264Preset,
} from "./plan/task.ts";
export { checkInputFile } from "./probe/input-file.ts";
export type { AudioStream, MediaInfo, VideoStream } from "./probe/media-info.ts";
export { prerollSecOf } from "./probe/preroll.ts";
export { type ProbeOptions, probe } from "./probe/probe.ts";
export { readStreams, type StreamParameters } from "./probe/read-streams.ts";
export { guardFiles } from "./registry/guard-files.ts";
export { type ReapedRun, type ReapOptions, type ReapReport, reapOrphans } from "./registry/reap-orphans.ts";
export type { Pausable, PauseGate } from "./run/pause-gate.ts";
export type { FfmpegProgress, RunPhase } from "./run/progress-tracker.ts";
export { run } from "./run/run.ts";
export type { RunOptions, RunResult } from "./run/run-options.ts";
export { type CutOptions, decideCuts, type SceneCut } from "./scenes/decide-cuts.ts";
export { type DetectScenesOptions, detectScenes } from "./scenes/detect-scenes.ts";
export type { SceneScore } from "./scenes/score-lines.ts";
export { ensureDiskSpace, ensureWritableFolder, freeDiskBytes, unwritable } from "./system/disk.ts";
export { formatBytes } from "./system/format-bytes.ts";
export { type LocateOptions, locateProgram, type Program } from "./system/locate.ts";
export { type Thumbnail, type ThumbnailOptions, thumbnail } from "./thumbnail.ts";
