import { open } from "node:fs/promises";
import { checkInputFile, type PictureFormat } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";

const PNG = Buffer.from("89504e470d0a1a0a", "hex");
const JPEG = Buffer.from("ffd8ff", "hex");

/**
 * What a picture is by its first bytes, whatever its name says: a file that only looks like one by its name may be a
 * script that refers to others.
 *
 * @throws PlayheadError `input_missing`, `input_empty`, `input_refused`, `input_not_media`
 */
export async function pictureFormat(path: string): Promise<PictureFormat> {
  // Whoever opens a pipe waits for somebody to write into it.
  await checkInputFile(path);
  const head = await firstBytes(path);
  if (head.subarray(0, PNG.length).equals(PNG)) return "png";
  if (head.subarray(0, JPEG.length).equals(JPEG)) return "jpeg";
  if (head.toString("latin1", 0, 4) === "RIFF" && head.toString("latin1", 8, 12) === "WEBP") return "webp";
  if (head.toString("latin1", 0, 2) === "BM" && head.length >= 16) return "bmp";
  throw new PlayheadError("input_not_media", `"${fileWords(path)}" is no picture that can be used`, {
    hint: "give a PNG, JPEG, WebP or BMP file",
  });
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new PlayheadError("input_missing", `"${fileWords(path)}" cannot be read`, { cause });
  }
}
