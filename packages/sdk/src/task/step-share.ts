/** A step that a task will take, and how long it is expected to last, in seconds or any unit the steps share. */
export interface PlannedStep {
  readonly step: string;
  /** Over 0; a step that is not planned takes no share of a task with a plan. */
  readonly weight: number;
}

/** The steps of a task, in order. */
export type StepPlan = readonly PlannedStep[];

/** The part of a task's bar that its current step fills: from `start`, `span` long, in percent. */
export interface StepShare {
  readonly start: number;
  readonly span: number;
}

/** Before the first step. */
export const NO_STEP: StepShare = { start: 0, span: 0 };

/**
 * The part of the bar that the next step fills. With a plan it is the step's share of all expected time, and what the
 * plan has before it counts as done, taken or not. Without one nobody knows how many steps will come: each takes half
 * of what is left, so that the bar moves on and never has to go back.
 *
 * @param percent where the task's bar stands, 0–100
 */
export function nextShare(plan: StepPlan | null, current: StepShare, step: string, percent: number): StepShare {
  const done = Math.max(percent, current.start + current.span);
  const total = plan === null ? 0 : plan.reduce((sum, { weight }) => sum + expected(weight), 0);
  if (plan === null || total === 0) return { start: done, span: (100 - done) / 2 };
  let before = 0;
  for (const planned of plan) {
    const weight = expected(planned.weight);
    if (planned.step === step) return { start: (before / total) * 100, span: (weight / total) * 100 };
    before += weight;
  }
  return { start: done, span: 0 };
}

/** Where the bar stands with `fraction` (0..1) of the current step done. */
export function percentWithin({ start, span }: StepShare, fraction: number): number {
  return Math.min(100, start + span * Math.min(1, Math.max(0, fraction)));
}

function expected(weight: number): number {
  return weight > 0 && Number.isFinite(weight) ? weight : 0;
}
