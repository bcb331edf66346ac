/** From where on something is not well; named as in the configuration. */
export interface HealthThresholds {
  /** Of the jobs that ended lately, 0..1. */
  readonly error_rate: number;
  /** Percent of all cores. */
  readonly cpu_percent: number;
  readonly memory_percent: number;
  readonly memory_critical_percent: number;
  readonly disk_percent: number;
}

/** What can be changed while the server runs. */
export interface HealthSettings {
  /** How often the checks run by themselves. */
  readonly intervalMs: number;
  /** A report that is younger is given again. */
  readonly cacheMs: number;
  /** A check that takes longer is critical, unless it has a limit of its own. */
  readonly limitMs: number;
  readonly thresholds: HealthThresholds;
}

/** SPEC §10, and seed 004's thresholds. */
export const DEFAULT_HEALTH: HealthSettings = {
  intervalMs: 300_000,
  cacheMs: 60_000,
  limitMs: 10_000,
  thresholds: {
    error_rate: 0.1,
    cpu_percent: 80,
    memory_percent: 80,
    memory_critical_percent: 95,
    disk_percent: 90,
  },
};
