import { extname } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".mkv": "video/x-matroska",
  ".ts": "video/mp2t",
  ".webm": "video/webm",
  ".m4a": "audio/mp4",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".json": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".srt": "application/x-subrip",
  ".vtt": "text/vtt; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/** What a file is, by the ending of its name; for players it must be said when it is stored. */
export function contentTypeOf(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? "application/octet-stream";
}
