import { type CheckDepth, checkDatabase, type DatabaseFindings } from "./check-database.ts";
import { DATABASES } from "./database-kinds.ts";
import { type DatabaseRepair, type RepairOptions, repairDatabases } from "./repair-data.ts";

export interface RescueServiceOptions {
  /** Holds one number: how far the work is, 0..1. Shared, so that it can be read while the thread works. */
  readonly progress: SharedArrayBuffer;
}

/** What the thread that looks after damaged data can be asked. */
export interface RescueService {
  /** Whether the databases of a folder are well; also while a server has them. Changes nothing. */
  check(folder: string, depth: CheckDepth): readonly DatabaseFindings[];
  /** @see repairDatabases */
  repair(options: Omit<RepairOptions, "onProgress">): readonly DatabaseRepair[];
  close(): void;
}

/** Answers with a word on how far it is. */
export function openRescueService({ progress }: RescueServiceOptions): RescueService {
  const cell = new Float64Array(progress);
  const say = (fraction: number) => {
    cell[0] = fraction;
  };
  return {
    check: (folder, depth) =>
      DATABASES.map((kind, place) => {
        const onProgress = (fraction: number) => say((place + fraction) / DATABASES.length);
        return checkDatabase(kind, folder, { depth, onProgress });
      }),
    repair: (options) => repairDatabases({ ...options, onProgress: say }),
    close: () => {},
  };
}
