import { access, constants, statfs } from "node:fs/promises";
import type { HealthCheck } from "../health.ts";

const WARNING_PERCENT = 90;
const CRITICAL_PERCENT = 97;

/** The disk that holds the data folder: writable, and with room. */
export function diskCheck(dataFolder: string): HealthCheck {
  return {
    component: "disk",
    async run() {
      await access(dataFolder, constants.W_OK);
      const { blocks, bavail, bsize } = await statfs(dataFolder);
      const usedPercent = Math.round((1 - bavail / blocks) * 100);
      const freeBytes = bavail * bsize;
      const details = { used_percent: usedPercent, free_bytes: freeBytes };
      const message = `${(freeBytes / 1e9).toFixed(1)} GB free`;
      if (usedPercent >= CRITICAL_PERCENT)
        return { status: "critical", message: `the disk is full: ${message}`, details };
      if (usedPercent >= WARNING_PERCENT)
        return { status: "warning", message: `the disk is nearly full: ${message}`, details };
      return { status: "healthy", message, details };
    },
  };
}
