import { type Calibration, newCalibration } from "./calibration.ts";
import type { KnownGrowth } from "./growth.ts";
import type { KnownRetries } from "./retry-rate.ts";
import type { KnownRate } from "./start-rate.ts";
import { createWorkModel, type StoredWorkModel, type WorkModel } from "./work-model.ts";

/** What past jobs taught: of one tenant on one kind of machine. Bounded, whatever it has seen. */
export interface ForecastHistory {
  model: WorkModel;
  templateOf(name: string): TemplateHistory;
  /** For JSON; `createForecastHistory` reads it. */
  stored(): StoredForecastHistory;
}

/** What is known of jobs that are made alike: mostly, of one kind. */
export interface TemplateHistory {
  readonly calibration: Calibration;
  rate: KnownRate | null;
  retries: KnownRetries | null;
  growth: KnownGrowth | null;
  /** How many items ran at a time in the last job. */
  slots: number | null;
  /** How many jobs have taught. */
  jobs: number;
}

export interface StoredForecastHistory {
  readonly version: typeof VERSION;
  readonly model: StoredWorkModel;
  readonly templates: Readonly<Record<string, TemplateHistory>>;
}

const VERSION = 1;
const EMPTY = { rate: null, retries: null, growth: null, slots: null, jobs: 0 };

export function createForecastHistory(start?: StoredForecastHistory): ForecastHistory {
  const templates = new Map(Object.entries(structuredCopy(start?.templates ?? {})));
  return {
    model: createWorkModel(start?.model),
    templateOf(name) {
      const known = templates.get(name);
      if (known !== undefined) return known;
      const template: TemplateHistory = { calibration: newCalibration(), ...EMPTY };
      templates.set(name, template);
      return template;
    },
    stored() {
      return structuredCopy({ version: VERSION, model: this.model.stored(), templates: Object.fromEntries(templates) });
    },
  };
}

/** It is JSON. */
const structuredCopy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
