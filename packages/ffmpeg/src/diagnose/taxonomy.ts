import type { ErrorCode } from "@playhead/core";

/** What a line of stderr is about: which file it names, if any. */
export type Side = "input" | "output" | null;

/** One kind of failure: how it is told, and what it means to people. */
export interface Finding {
  readonly pattern: RegExp;
  /** Only when the line is about this file. @defaultValue about any */
  readonly side?: Side;
  readonly code: ErrorCode;
  /** What was wrong, on one line; `{input}` and `{output}` stand for the files' names, `{1}` for the first group. */
  readonly message: string;
  readonly hint: string;
  /** @defaultValue whether the code's class is `transient` */
  readonly retryable?: boolean;
}

const AGAIN = "copy, download or export it again";
const OTHER_FOLDER = "choose another output folder, or change its permissions";
const REPORT = "this is a defect of the style or pipeline that asked for it: report it with the log";
const DOCTOR = "install an ffmpeg that has it; playhead doctor tells what is missing";

/** Causes: the first line of stderr that matches one of these says why a run failed. */
export const CAUSES: readonly Finding[] = [
  {
    pattern: /No space left on device|Disk quota exceeded/,
    code: "disk_full",
    message: "the disk is full: {output} could not be written",
    hint: "free some space there, or choose an output folder on another disk",
  },
  {
    pattern: /Read-only file system/,
    code: "output_unwritable",
    message: "cannot write {output}: the disk is read-only",
    hint: OTHER_FOLDER,
  },
  {
    pattern: /File too large/,
    code: "output_unwritable",
    message: "cannot write {output}: the file grew larger than the system allows",
    hint: "raise the limit (ulimit -f), or use a file system for large files",
  },
  {
    pattern: /(?:Permission denied|Operation not permitted)$/,
    side: "output",
    code: "output_unwritable",
    message: "cannot write {output}: permission is denied",
    hint: OTHER_FOLDER,
  },
  {
    pattern: /(?:No such file or directory|Is a directory|Not a directory|File name too long)$/,
    side: "output",
    code: "output_unwritable",
    message: "cannot write {output}: its folder is gone, or its name is not possible there",
    hint: OTHER_FOLDER,
  },
  {
    pattern: /Cannot allocate memory|malloc of size \d+ failed|Out of memory/,
    code: "out_of_memory",
    message: "there was not enough memory for ffmpeg",
    hint: "run fewer clips at once, or give the machine more memory",
    retryable: true,
  },
  {
    pattern: /moov atom not found/,
    code: "input_truncated",
    message: "{input} is not complete: its index (moov atom) is missing",
    hint: `the recording or the copy stopped early: ${AGAIN}`,
  },
  {
    pattern: /not on whitelist/,
    code: "input_refused",
    message: "{input} refers to another file or to the network, or is of a kind that may",
    hint: "playlists, image sequences and drawings are refused for safety: give the video file itself",
  },
  {
    pattern: /exceeds specified max pixel count|Picture size [1-9]\d*x[1-9]\d* is invalid/,
    code: "input_too_large",
    message: "{input} has larger frames than are accepted",
    hint: "scale it down first",
  },
  {
    pattern: /No such file or directory$/,
    side: "input",
    code: "input_missing",
    message: "{input} is no longer there",
    hint: "leave the input in its place until the job is done",
  },
  {
    pattern: /(?:Permission denied|Operation not permitted|Is a directory)$/,
    side: "input",
    code: "input_refused",
    message: "{input} may not be read",
    hint: "change its permissions, or run as a user who may read it",
  },
  {
    pattern: /matches no streams|does not contain any stream/,
    code: "input_no_video",
    message: "{input} does not have the video or sound that is needed",
    hint: "give a file that has both, or choose a style that does without",
  },
  {
    pattern: /(Unknown (?:encoder|decoder) '[^']*'|No such filter: '[^']*'|Requested output format '[^']*' is not)/,
    code: "ffmpeg_unsuitable",
    message: "this ffmpeg lacks a part that is needed ({1})",
    hint: DOCTOR,
  },
  {
    pattern: /(Unrecognized option '[^']*'|Option not found)/,
    code: "ffmpeg_unsuitable",
    message: "this ffmpeg does not know an option that is needed ({1})",
    hint: "use ffmpeg 5.1 or newer; playhead doctor tells what is missing",
  },
  {
    pattern: /Cannot load lib\w+\.so|No capable devices found|Device creation failed|No device available for/,
    code: "encoder_failed",
    message: "the hardware encoder cannot be used on this machine",
    hint: "use a software encoder, or install the driver",
  },
  {
    pattern: /((?:width|height) not divisible by \d[^"]*|minimum \w+ is \d+|Specified pixel format \S+ is invalid)/,
    code: "encoder_failed",
    message: "the encoder refused the frames ({1})",
    hint: REPORT,
  },
  {
    pattern:
      /(Error initializing filter '[^']*'|Invalid too big or non positive size|Cannot parse expression for \w+|No option name near '[^']*'|Option '[^']*' not found|do not match the corresponding output link|Input link .* parameters|Unable to parse option value)/,
    code: "filter_invalid",
    message: "a filter could not be set up ({1})",
    hint: REPORT,
  },
  {
    pattern:
      /(Connection refused|Connection timed out|Connection reset by peer|Network is unreachable|No route to host|Name or service not known|Failed to resolve hostname|HTTP error \d+|Server returned \w+)/,
    code: "network_failed",
    message: "the network failed ({1})",
    hint: "check the connection and the address, and try again",
  },
  {
    pattern: /Input\/output error$/,
    side: "output",
    code: "output_unwritable",
    message: "cannot write {output}: the disk reports an error",
    hint: "check the disk, or choose an output folder on another",
  },
  {
    pattern: /Input\/output error$/,
    code: "ffmpeg_failed",
    message: "{input} could not be read to its end: the disk reports an error",
    hint: "check the disk or the share that it is on, and try again",
    retryable: true,
  },
];

/** What is said when no line tells a cause: true, but vague; also lines that follow from a cause. */
export const SYMPTOMS: readonly Finding[] = [
  {
    pattern:
      /Error while opening encoder|Error selecting an encoder|Error initializing output stream|Could not open encoder/,
    code: "encoder_failed",
    message: "the encoder could not be started",
    hint: REPORT,
  },
  {
    pattern:
      /Error reinitializing filters|Failed to inject frame into filter|Failed to configure (?:in|out)put pad|filter_?graph/i,
    code: "filter_invalid",
    message: "the filters could not be set up",
    hint: REPORT,
  },
  {
    pattern: /Invalid data found when processing input$/,
    side: "input",
    code: "input_not_media",
    message: "{input} is not a video or audio file that ffmpeg can read",
    hint: "give a video file (mp4, mov, mkv, webm …)",
  },
  {
    pattern: /Error while decoding|Error submitting packet to decoder|Decode error rate|Invalid data found/i,
    code: "decode_failed",
    message: "{input} is damaged: it could not be decoded",
    hint: AGAIN,
  },
  {
    pattern: /Error writing trailer|av_interleaved_write_frame|Error (?:muxing|submitting) a packet|Error closing file/,
    code: "output_unwritable",
    message: "{output} could not be written",
    hint: OTHER_FOLDER,
  },
  {
    pattern: /Exiting normally, received signal/,
    code: "ffmpeg_killed",
    message: "ffmpeg was told to stop by something else on this machine",
    hint: "try again",
  },
  {
    pattern: /Invalid argument$/,
    code: "filter_invalid",
    message: "ffmpeg refused what it was asked to do",
    hint: REPORT,
  },
];

/**
 * Newer ffmpeg (6 and up) exits with the low byte of its error: for errors of the system 256 − errno. Asked last, when
 * stderr tells nothing.
 */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  8: "Option not found",
  145: "Connection refused",
  183: "Invalid data found",
  187: "Error while opening encoder",
  226: "Read-only file system",
  228: "No space left on device",
  229: "File too large",
  234: "Invalid argument",
  244: "Cannot allocate memory",
  251: "Input/output error",
  255: "Exiting normally, received signal",
};
