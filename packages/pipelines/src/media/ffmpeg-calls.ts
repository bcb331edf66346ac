import * as ffmpeg from "@playhead/ffmpeg";
import { monitor } from "@playhead/sdk";

/*
 * The calls into ffmpeg, recorded: in a job's trace each stands under the piece of work that made it, with what it was
 * given, how long it took, and why it failed.
 */

/** See `analyze` of @playhead/ffmpeg. */
export const analyzeMedia = monitor(ffmpeg.analyze, { name: "ffmpeg.analyze" });
/** See `probe` of @playhead/ffmpeg. */
export const probe = monitor(ffmpeg.probe, { name: "ffmpeg.probe" });
/** See `measureDuration` of @playhead/ffmpeg. */
export const measureDuration = monitor(ffmpeg.measureDuration, { name: "ffmpeg.measureDuration" });
/** See `detectScenes` of @playhead/ffmpeg. */
export const detectScenes = monitor(ffmpeg.detectScenes, { name: "ffmpeg.detectScenes" });
/** See `run` of @playhead/ffmpeg. */
export const runFfmpeg = monitor(ffmpeg.run, { name: "ffmpeg.run" });
/** See `thumbnail` of @playhead/ffmpeg. */
export const thumbnail = monitor(ffmpeg.thumbnail, { name: "ffmpeg.thumbnail" });
/** See `readStreams` of @playhead/ffmpeg. */
export const readStreams = monitor(ffmpeg.readStreams, { name: "ffmpeg.readStreams" });
/** See `measureLoudness` of @playhead/ffmpeg. */
export const measureLoudness = monitor(ffmpeg.measureLoudness, { name: "ffmpeg.measureLoudness" });
/** See `readFrames` of @playhead/ffmpeg. */
export const readFrames = monitor(ffmpeg.readFrames, { name: "ffmpeg.readFrames" });
