import { PlayheadError } from "@playhead/core";

/** What the errors of a store have in their `detail` that takes nothing more of this process: another one writes it by now. */
export const OVER = { is_over: true } as const;

/** Whether a store refused for good, so that nothing is gained by trying again. */
export function isOver(error: unknown): error is PlayheadError {
  return error instanceof PlayheadError && error.detail.is_over === OVER.is_over;
}
