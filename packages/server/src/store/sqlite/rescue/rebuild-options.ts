import type { DatabaseSync } from "node:sqlite";

/** Salvaged rows, and what is to be made of them. */
export interface RebuildOptions {
  readonly salvaged: DatabaseSync;
  /** Where `salvaged` lies. */
  readonly salvagedFile: string;
  readonly file: string;
  readonly newEpoch: string;
  readonly segmentSize: number;
  readonly onProgress?: (fraction: number) => void;
}
