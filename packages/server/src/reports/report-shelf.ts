import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { REPORT_FORMATS, type ReportFormat, type ReportInfo } from "@playhead/core";
import type { Store, StoredDocument } from "../store/store.ts";
import type { RenderedReport } from "./render/render-report.ts";
import { firstIdBefore, momentOfId } from "./report-id.ts";

/** A report with whose it is. */
export interface KeptReport {
  readonly tenantId: string;
  readonly info: ReportInfo;
}

export interface ShelfDeps {
  readonly store: Pick<Store, "putDocument" | "readDocument" | "listDocuments" | "removeDocument">;
  /** Holds the files; made when it is not there. */
  readonly folder: string;
}

/** Where the files lie in the data folder. */
export const REPORTS_FOLDER = "reports";

const COLLECTION = "reports";

/**
 * Keeps reports: what they are in the store, what they look like as files of a folder. The files are durable before the
 * store says that there is a report; what a crash left between the two goes with the reports of its time.
 */
export function createReportShelf({ store, folder }: ShelfDeps) {
  const fileOf = (reportId: string, format: ReportFormat) => path.join(folder, `${reportId}.${format}`);
  const keptOf = ({ tenantId, body }: StoredDocument): KeptReport => ({
    tenantId,
    info: body as unknown as ReportInfo,
  });

  async function find(reportId: string): Promise<KeptReport | null> {
    if (momentOfId(reportId) === null) return null;
    const found = await store.readDocument(COLLECTION, reportId);
    return found === null ? null : keptOf(found);
  }

  async function read(tenantId: string, reportId: string): Promise<ReportInfo | null> {
    const found = await find(reportId);
    return found?.tenantId === tenantId ? found.info : null;
  }

  return {
    find,
    read,
    /** Keeps a report, in place of the one that has its id; one that failed has no files. */
    async put({ tenantId, info }: KeptReport, files: RenderedReport | null): Promise<void> {
      if (files !== null) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await Promise.all(REPORT_FORMATS.map((format) => writeWhole(fileOf(info.report_id, format), files[format])));
      }
      await store.putDocument({
        ...{ collection: COLLECTION, id: info.report_id, tenantId, body: { ...info } },
        expiresMs: null,
      });
    },
    /** The newest first. */
    async list(
      tenantId: string,
      { afterId, limit }: { readonly afterId?: string; readonly limit: number },
    ): Promise<readonly ReportInfo[]> {
      const documents = await store.listDocuments({
        ...{ collection: COLLECTION, tenantId, limit },
        ...(afterId !== undefined && { afterId }),
      });
      return documents.map((document) => keptOf(document).info);
    },
    /** @returns null when the tenant has no such report, or it was not made */
    async readFile(tenantId: string, reportId: string, format: ReportFormat): Promise<Buffer | null> {
      const info = await read(tenantId, reportId);
      return info?.status === "made" ? await readIfThere(fileOf(reportId, format)) : null;
    },
    /** One small step of letting go of the reports that were made before then. */
    async letGo(beforeMs: number, limit: number): Promise<{ readonly removed: number; readonly hasMore: boolean }> {
      const old = await store.listDocuments({ collection: COLLECTION, afterId: firstIdBefore(beforeMs), limit });
      // One that was missed is younger than what it tells of.
      const gone = old.filter((document) => Date.parse(keptOf(document).info.created_at) < beforeMs);
      for (const { id } of gone) await store.removeDocument(COLLECTION, id);
      // Files without an entry as well: a crash may have left them.
      const names = await readdir(folder).catch(() => []);
      const idOf = (name: string) => name.split(".", 1)[0] ?? "";
      for (const name of names.filter((each) => (momentOfId(idOf(each)) ?? beforeMs) < beforeMs)) {
        if ((await find(idOf(name))) === null) await rm(path.join(folder, name), { force: true });
      }
      return { removed: gone.length, hasMore: gone.length === limit };
    },
  };
}

export type ReportShelf = ReturnType<typeof createReportShelf>;

/** A file is whole or not there, whatever happens. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, "w", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
