import type { AlertCause, AlertRule } from "@playhead/core";

/**
 * What the evaluator says of one rule and one combination of labels: each time that it changes, and at least at each
 * tick while it holds.
 */
export interface Finding {
  readonly rule: AlertRule;
  readonly tenantId: string;
  /** Of the rule's `group_by`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly atMs: number;
  /** `holds`; `over`: does not, and `resolve_condition` (if any) does; `between`: neither; `no_data`. */
  readonly outcome: "holds" | "between" | "over" | "no_data";
  readonly value: number | null;
  readonly measurements: Readonly<Record<string, number | null>>;
  /** How many failures and the like it is about. */
  readonly count: number;
  readonly causes: readonly AlertCause[];
  readonly jobId: string | null;
}
