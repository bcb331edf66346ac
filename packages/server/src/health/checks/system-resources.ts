import { access, constants } from "node:fs/promises";
import { diskRoomOf, judgeDisk } from "../disk-room.ts";
import { critical, type Finding, resultOf, warning } from "../findings.ts";
import type { HealthCheck } from "../health.ts";
import type { HealthThresholds } from "../health-settings.ts";
import { sizeText } from "../size-text.ts";

export interface SystemResourcesDeps {
  /** Its disk is looked at, and whether it can be written. */
  readonly dataFolder: string;
  readonly machine: {
    /** Since the time before, 0–100. */
    cpuPercent(): number | null;
    memory(): { readonly usedPercent: number; readonly freeBytes: number };
  };
  readonly thresholds: () => HealthThresholds;
}

/** Processor, memory, and the disk of the data folder. Work may take all of a processor: that alone is never critical. */
export function systemResourcesCheck({ dataFolder, machine, thresholds }: SystemResourcesDeps): HealthCheck {
  return {
    component: "system_resources",
    async run() {
      const limits = thresholds();
      const cpuPercent = machine.cpuPercent();
      const memory = machine.memory();
      const disk = await diskRoomOf(dataFolder);
      const isWritable = await access(dataFolder, constants.W_OK).then(
        () => true,
        () => false,
      );
      const findings = [
        isWritable ? null : critical("the data folder cannot be written; change its rights, or mount it for writing"),
        judgeDisk(disk, limits.disk_percent),
        judgeMemory(memory, limits),
        cpuPercent !== null && cpuPercent >= limits.cpu_percent
          ? warning(`the processor is ${Math.floor(cpuPercent)} % busy`)
          : null,
      ];
      const cpu = cpuPercent === null ? "" : `processor ${Math.round(cpuPercent)} %, `;
      const well = `${cpu}memory ${Math.round(memory.usedPercent)} %, disk ${Math.round(disk.usedPercent)} %`;
      return resultOf(findings, well, {
        cpu_percent: cpuPercent === null ? null : tenths(cpuPercent),
        memory_percent: tenths(memory.usedPercent),
        memory_free_bytes: memory.freeBytes,
        disk_percent: tenths(disk.usedPercent),
        disk_free_bytes: disk.freeBytes,
        data_folder: dataFolder,
      });
    },
  };
}

function judgeMemory(
  { usedPercent, freeBytes }: { readonly usedPercent: number; readonly freeBytes: number },
  limits: HealthThresholds,
): Finding | null {
  const message = `memory is ${Math.floor(usedPercent)} % used, ${sizeText(freeBytes)} free`;
  if (usedPercent >= limits.memory_critical_percent) return critical(message);
  return usedPercent >= limits.memory_percent ? warning(message) : null;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
