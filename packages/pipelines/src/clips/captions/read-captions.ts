import { readFile, stat } from "node:fs/promises";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";
import { type Caption, invalidCaptions, parseCaptions } from "./parse-captions.ts";

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads a file of captions.
 *
 * @throws PlayheadError `input_missing` or `input_refused` for the file, `captions_invalid` for what is in it
 */
export async function readCaptions(path: string): Promise<readonly Caption[]> {
  const name = fileWords(path);
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new PlayheadError("input_refused", `the captions "${name}" are not a file`);
    if (found.size > MAX_BYTES)
      throw invalidCaptions(name, [`at most ${MAX_BYTES} bytes are accepted, got ${found.size}`]);
    return parseCaptions(await readFile(path), name);
  } catch (cause) {
    if (cause instanceof PlayheadError) throw cause;
    const isGone = (cause as NodeJS.ErrnoException).code === "ENOENT";
    if (isGone) throw new PlayheadError("input_missing", `there is no file "${name}" with captions`, { cause });
    throw new PlayheadError("input_refused", `the captions "${name}" may not be read`, { cause });
  }
}
