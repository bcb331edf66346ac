import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { guardFiles, unwritable } from "@playhead/ffmpeg";
import type { Report } from "./report.ts";
import { reportCsv } from "./report-csv.ts";

/** A file of a report, as it lies in the output folder. */
export interface ReportFile {
  readonly name: string;
  readonly path: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
}

/**
 * Writes `report.json` and `report.csv`, each whole or not at all.
 *
 * @throws PlayheadError `disk_full` or `output_unwritable`
 */
export async function writeReport(report: Report, outDir: string, registryDir: string): Promise<readonly ReportFile[]> {
  const contents = [
    { name: "report.json", mimeType: "application/json", text: `${JSON.stringify(report, null, 2)}\n` },
    { name: "report.csv", mimeType: "text/csv", text: reportCsv(report) },
  ];
  const files: ReportFile[] = [];
  for (const { name, mimeType, text } of contents) {
    const path = join(outDir, name);
    await replaceFile(path, text, registryDir);
    files.push({ name, path, mimeType, sizeBytes: Buffer.byteLength(text) });
  }
  return files;
}

async function replaceFile(path: string, text: string, registryDir: string): Promise<void> {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  const endGuard = await guardFiles(registryDir, [part]);
  try {
    const file = await open(part, "w");
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    await rm(part, { force: true }).catch(() => undefined);
    await endGuard();
  }
}
