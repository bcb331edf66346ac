import { readdir, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where jobs leave what they make when the server's own worker runs them. */
export function workFolder(dataFolder: string): string {
  return join(dataFolder, "jobs");
}

export interface WorkFoldersDeps {
  readonly folder: string;
  /** One in which nobody was at work for so long is removed. */
  readonly keepMs: () => number;
  /** The names of the folders that jobs use which have not ended. */
  readonly inUse: () => ReadonlySet<string>;
  /** Whether the tenant has a job of that id. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  readonly nowMs: () => number;
}

/** The folders of jobs, each named after the first of those that try the same. */
export function createWorkFolders({ folder, keepMs, inUse, hasJob, nowMs }: WorkFoldersDeps) {
  return {
    /** Removes what is old and not in use. @returns how many folders went */
    async sweep(): Promise<number> {
      const used = inUse();
      let removed = 0;
      for (const name of await readdir(folder).catch(() => [])) {
        if (used.has(name)) continue;
        const path = join(folder, name);
        const found = await stat(path).catch(() => null);
        if (found === null || nowMs() - found.mtimeMs <= keepMs()) continue;
        await rm(path, { recursive: true, force: true });
        removed += 1;
      }
      return removed;
    },
    /** Whether a file may be shown to a tenant; null for one that is not of such a folder. */
    async mayShow(tenantId: string, file: { readonly folder: string; readonly path: string }): Promise<boolean | null> {
      const root = await realpath(folder).catch(() => null);
      if (root === null || file.folder !== root) return null;
      const [jobId = ""] = file.path.split(/[\\/]/);
      return hasJob(tenantId, jobId);
    },
  };
}
