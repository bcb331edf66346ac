import { createHash, randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";
import { configError } from "./config-faults.ts";
import { parseConfigFile, resolveConfig } from "./load-config.ts";
import { type Setting, valueAt } from "./settings.ts";
import type { ConfigWatch } from "./watch-config.ts";

/** A file that did not exist may come to hold secrets. */
const OWNER_ONLY = 0o600;
const PERMISSIONS = 0o7777;

/** Names what a file holds. */
export function revisionOf(text: string | null): string {
  return createHash("sha256")
    .update(text ?? "")
    .digest("base64url")
    .slice(0, 22);
}

export interface ConfigEdit {
  /** What is to be different in the file (RFC 7396): what is null goes. */
  readonly patch: Readonly<Record<string, unknown>>;
  /** The revision that the change was made for; null for whichever is there. */
  readonly revision: string | null;
}

/** Changes the file of a configuration that runs, one change after the other. */
export function createConfigEdits(watch: ConfigWatch) {
  let last: Promise<unknown> = Promise.resolve();

  async function edit({ patch, revision }: ConfigEdit): Promise<readonly string[]> {
    const { file, sources, schema, originOf } = watch.latest();
    if (file === null) {
      throw new PlayheadError("conflict", "this server was started without a configuration file", {
        hint: "start it with playhead serve --config FILE",
      });
    }
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw unwritable(file, error);
    });
    if (text === null && watch.latest().text !== null) {
      // A new one would hold this change alone, and all else that the old one said would be lost.
      throw new PlayheadError("conflict", "the configuration file is gone", { hint: "put it back, then change it" });
    }
    if (revision !== null && revision !== revisionOf(text)) {
      throw new PlayheadError("conflict", "the configuration file was changed meanwhile", {
        hint: "read it again, then say what is to be different",
        detail: { revision: revisionOf(text) },
      });
    }
    refuseOverruled(
      watch.settings.filter(({ path }) => isTouched(patch, path)),
      originOf,
    );
    const merged = mergePatch(text === null ? {} : parseConfigFile(file, text), patch);
    const nextText = `${JSON.stringify(merged, null, 2)}\n`;
    return watch.take(resolveConfig(nextText, sources, schema), () => writeWhole(file, nextText));
  }

  return {
    /**
     * Changes the file, and what is in force.
     *
     * @returns the settings that changed
     * @throws PlayheadError `config_invalid` for what is wrong with it then, or is overruled by the environment or a flag;
     * `conflict` when the file is no longer of that revision; `data_unwritable` when it cannot be written
     */
    edit(change: ConfigEdit): Promise<readonly string[]> {
      const done = last.then(() => edit(change));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

/** Whether a patch says something at a path, or above it. */
function isTouched(patch: unknown, path: readonly string[]): boolean {
  const [name, ...below] = path;
  if (name === undefined || !isJsonObject(patch)) return true;
  return Object.hasOwn(patch, name) && isTouched(patch[name], below);
}

/** What the environment or a flag sets would not change whatever the file says: nobody should believe that it did. */
function refuseOverruled(touched: readonly Setting[], originOf: ReturnType<ConfigWatch["latest"]>["originOf"]): void {
  const faults = touched.flatMap(({ key }) => {
    const { kind, name } = originOf(key);
    if (kind !== "environment" && kind !== "flag") return [];
    const by = kind === "flag" ? `the flag ${name}` : `the environment variable ${name}`;
    return [{ key, origin: name ?? kind, message: `it is set by ${by}, which holds over the file; change it there` }];
  });
  if (faults.length > 0) throw configError(faults);
}

/** RFC 7396. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map<string, unknown>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(valueAt(target, [name]), value));
  }
  return Object.fromEntries(merged);
}

/** Writes a file so that at each moment the whole old or the whole new one is there, also after a power cut. */
async function writeWhole(path: string, text: string): Promise<void> {
  // Where it is a link, the link stays.
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const before = await stat(target).catch(() => null);
    const mode = before === null ? OWNER_ONLY : before.mode & PERMISSIONS;
    const file = await open(temporary, "wx", mode);
    try {
      // What is masked when a file is made.
      await file.chmod(mode);
      // Only the system's own user may give a file away.
      if (before !== null) await file.chown(before.uid, before.gid).catch(() => undefined);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    const folder = await open(dirname(target), "r");
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): PlayheadError {
  const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new PlayheadError("data_unwritable", `the configuration file ${path} cannot be written: ${why}`, {
    hint: "change it where it comes from, or let the user that runs the server write it",
    cause,
  });
}
