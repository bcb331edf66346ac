import { randomBytes } from "node:crypto";
import type { HealthResult } from "@playhead/core";
import type { HealthCheck } from "../health.ts";

/** Where results are put, as far as it takes to see whether that works. */
export interface ProbedStorage {
  write(name: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
  read(name: string, signal: AbortSignal): Promise<Uint8Array>;
  remove(name: string, signal: AbortSignal): Promise<void>;
}

const PROBE_BYTES = 64;

/** The object storage takes an object, gives it back as it was, and lets it go. Null where there is none. */
export function objectStorageCheck(storage: ProbedStorage | null): HealthCheck {
  // One name for this process: what a run that hung has left is written over, and does not pile up.
  const name = `playhead-health-${randomBytes(6).toString("hex")}`;

  async function probe({ write, read, remove }: ProbedStorage, signal: AbortSignal): Promise<HealthResult> {
    const content = randomBytes(PROBE_BYTES);
    let doing = "written";
    try {
      await write(name, content, signal);
      doing = "read";
      const found = await read(name, signal);
      const isSame = Buffer.from(found).equals(content);
      doing = "deleted";
      await remove(name, signal);
      if (isSame) return { status: "healthy", message: "an object was written, read and deleted" };
      return {
        status: "critical",
        message: "an object was read back with other content than was written",
        details: { written_bytes: PROBE_BYTES, read_bytes: found.byteLength },
      };
    } catch (error) {
      if (doing === "read") await remove(name, signal).catch(() => undefined);
      const said = error instanceof Error ? error.message : String(error);
      return {
        status: "critical",
        message: `an object could not be ${doing}; check the storage's credentials and rights`,
        details: { error: said },
      };
    }
  }

  return {
    component: "object_storage",
    run: async (signal) =>
      storage === null ? { status: "healthy", message: "no object storage is configured" } : probe(storage, signal),
  };
}
