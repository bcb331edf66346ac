import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filterValue, guardFiles, unwritable } from "@playhead/ffmpeg";

/**
 * Writes a document for ffmpeg's `ass` filter while something needs it. Its path is ours; the user's file is in no filter.
 *
 * @param folder which is written to anyway
 * @param use gets the filter; null for no document
 */
export async function withCaptionsFile<Value>(
  document: string | null,
  { folder, registryDir }: { readonly folder: string; readonly registryDir: string },
  use: (filter: string | null) => Promise<Value>,
): Promise<Value> {
  if (document === null) return use(null);
  const path = join(folder, `.captions-${randomBytes(6).toString("hex")}.ass.part`);
  const endGuard = await guardFiles(registryDir, [path]);
  try {
    await writeFile(path, document, { mode: 0o600 }).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    return await use(`ass=filename=${filterValue(path)}`);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
    await endGuard();
  }
}
