import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { JobHandle } from "@playhead/sdk";

/** The folder of what a job makes, and where viewers can get it. */
export interface OutputPlace {
  readonly outDir: string;
  readonly options: { readonly urlOf?: (file: string) => string | null };
}

/** The address of a file of the output folder, where it has one. */
export function linkTo(name: string, { outDir, options }: OutputPlace): { readonly url?: string } {
  const url = options.urlOf?.(join(outDir, name)) ?? null;
  return url === null ? {} : { url };
}

/** Tells viewers of the file that lists what was made; where there is none, nothing. */
export async function announceManifest(
  job: JobHandle,
  path: string,
  mimeType: string,
  place: OutputPlace,
): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  const name = basename(path);
  job.artifact({ type: "manifest", name, ...linkTo(name, place), size_bytes: found.size, mime_type: mimeType });
}
