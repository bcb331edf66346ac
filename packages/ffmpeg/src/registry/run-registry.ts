import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "../system/disk.ts";
import { type ProcessIdentity, readBootId, startTicksOf } from "./proc.ts";

/** One run that is under way, as the next process must find it if this one dies. */
export interface RegistryEntry {
  readonly runId: string;
  readonly bootId: string;
  /** The process that started the run. */
  readonly owner: ProcessIdentity;
  /** The run's own process, leader of its group; null before it is started. */
  readonly child: ProcessIdentity | null;
  /** Absolute paths of what is to be removed with it. */
  readonly files: readonly string[];
}

/** A run's place in the registry. */
export interface Registration {
  /** Notes the process; the entry is found without it, too, by the run id in the process's environment. */
  setChild(pid: number): void;
  remove(): Promise<void>;
}

/** Names of entries end so; anything else in the folder is not ours. */
export const ENTRY_SUFFIX = ".run.json";

/** Run ids name files, so they are kept to what any file system takes. */
export const RUN_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

const UNREGISTERED: Registration = { setChild: () => undefined, remove: () => Promise.resolve() };

let self: Promise<Pick<RegistryEntry, "owner" | "bootId">> | undefined;

async function identifySelf(): Promise<Pick<RegistryEntry, "owner" | "bootId">> {
  const [startTicks, bootId] = await Promise.all([startTicksOf("self"), readBootId()]);
  return { owner: { pid: process.pid, startTicks }, bootId };
}

/**
 * Writes a run down before it starts: a file in `folder`, replaced as a whole, so that it is never half written.
 * Without a folder nothing is written.
 * @throws PlayheadError `output_unwritable` or `disk_full`
 */
export async function registerRun(
  folder: string | undefined,
  runId: string,
  files: readonly string[],
): Promise<Registration> {
  if (folder === undefined) return UNREGISTERED;
  self ??= identifySelf();
  const entry: RegistryEntry = { runId, ...(await self), child: null, files };
  const path = join(folder, `${runId}${ENTRY_SUFFIX}`);
  const write = async (content: RegistryEntry) => {
    await writeFile(`${path}.tmp`, JSON.stringify(content));
    await rename(`${path}.tmp`, path);
  };
  try {
    await mkdir(folder, { recursive: true });
    await write(entry);
  } catch (error) {
    throw unwritable(folder, error);
  }
  let writing: Promise<unknown> = Promise.resolve();
  return {
    setChild(pid) {
      // On a disk that has just become full the run goes on without.
      const add = async () => write({ ...entry, child: { pid, startTicks: await startTicksOf(pid) } });
      writing = writing.then(add).catch(() => undefined);
    },
    async remove() {
      await writing;
      await Promise.all([rm(path, { force: true }), rm(`${path}.tmp`, { force: true })]).catch(() => undefined);
    },
  };
}
