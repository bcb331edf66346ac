import path from "node:path";
import { createRotatingFile, type RotatingFile } from "./rotating-file.ts";

/** Small: it is for what must not be lost while everything else cannot be written. */
const ROTATION = { maxBytes: 5 * 1024 * 1024, keep: 1 };

export interface EmergencyPlace {
  readonly folder: string;
  readonly name: string;
  /** Others may write there, too. */
  readonly isAmongOthers: boolean;
}

/** The place of last resort, for critical lines that their files refuse. */
export interface EmergencyLog {
  /** @returns the file that took the lines; null where none did */
  append(lines: Buffer): string | null;
  close(): void;
}

/** The data folder, then the temp folder, where the name is the user's own. */
export function emergencyPlaces(dataFolder: string, tempFolder: string, userId: number): readonly EmergencyPlace[] {
  return [
    { folder: dataFolder, name: "emergency.log", isAmongOthers: false },
    { folder: tempFolder, name: `playhead-emergency-${userId}.log`, isAmongOthers: true },
  ];
}

/** Tries the places in their order. */
export function createEmergencyLog(places: readonly EmergencyPlace[]): EmergencyLog {
  const files: readonly (readonly [string, RotatingFile])[] = places.map(({ folder, name, isAmongOthers }) => {
    const file = path.join(folder, name);
    return [file, createRotatingFile({ file, settings: ROTATION, isAmongOthers, onTorn: () => undefined })];
  });
  return {
    append(lines) {
      let rest = lines;
      for (const [name, file] of files) {
        rest = rest.subarray(file.append(rest).written);
        if (rest.length === 0) return name;
      }
      return null;
    },
    close() {
      for (const [, file] of files) file.close();
    },
  };
}
