import type { Alert, AlertLevel, AlertRule, AlertRuleDraft, AlertSilence, JsonObject } from "@playhead/core";
import { PlayheadError } from "@playhead/core";
import type { Playhead } from "../playhead.ts";
import { rangeQuery, type SeedRange } from "./seed-range.ts";

/** A Playhead, as far as alerts need one. */
export type AlertingPlayhead = Pick<Playhead, "read" | "change">;

/** When people are told of what, as seed 000 has it; all that a rule can be made of may be said, too. */
export interface AlertConfiguration extends Omit<AlertRuleDraft, "level"> {
  /** @defaultValue "warning" */
  readonly level?: AlertLevel;
}

/** Which alerts are wanted. */
export interface AlertFilters extends SeedRange {
  readonly level?: AlertLevel;
  readonly job_id?: string;
  /** @defaultValue 100 */
  readonly limit?: number;
}

const LIMIT = 100;
/** What the server gives at a time. */
const [LEAST, MOST] = [10, 200] as const;

/**
 * The `AlertSystem` of seed 000 on the server's alerts: its rules are configured, what they found is read, and somebody
 * sees to it. The server evaluates and tells, also while this program does not run.
 */
export class AlertSystem {
  readonly #playhead: AlertingPlayhead;

  constructor({ playhead }: { readonly playhead: AlertingPlayhead }) {
    this.#playhead = playhead;
  }

  /**
   * Makes the rule of this name, or replaces it.
   * @throws PlayheadError `validation_error` with every fault; `forbidden` for a key that may not administer
   */
  async configureAlert(configuration: AlertConfiguration): Promise<AlertRule> {
    const draft = { level: "warning", ...configuration } as unknown as JsonObject;
    const known = await this.#find(configuration.name);
    const rule =
      known === undefined
        ? this.#playhead.change("POST", "alert-rules", draft)
        : this.#playhead.change("PUT", pathOf("alert-rules", known.rule_id), draft);
    return (await rule) as AlertRule;
  }

  /** Changes a rule's threshold, at once and for good. @throws PlayheadError `not_found`, and as {@link configureAlert} */
  async updateThreshold(name: string, threshold: number): Promise<AlertRule> {
    return this.configureAlert({ ...draftOf(await this.#get(name)), threshold });
  }

  /** Switches a rule on or off. @throws PlayheadError as {@link updateThreshold} */
  async setEnabled(name: string, enabled: boolean): Promise<AlertRule> {
    return this.configureAlert({ ...draftOf(await this.#get(name)), enabled });
  }

  /** Removes a rule; one that is built in goes back to what it comes with. @returns whether there was one */
  async removeAlert(name: string): Promise<boolean> {
    const rule = await this.#find(name);
    if (rule === undefined) return false;
    await this.#playhead.change("DELETE", pathOf("alert-rules", rule.rule_id));
    return true;
  }

  /** All rules: the built-in ones, then one's own. */
  async getConfigurations(): Promise<readonly AlertRule[]> {
    const reading = await this.#playhead.read("alert-rules");
    return ((await reading.json()) as { readonly rules: readonly AlertRule[] }).rules;
  }

  /** What fires now, the newest first. */
  getActiveAlerts(filters: AlertFilters = {}): Promise<readonly Alert[]> {
    return this.#alerts({ ...filters, state: ["firing"] });
  }

  /** What fires and what fired, the newest first. */
  getAlerts(filters: AlertFilters = {}): Promise<readonly Alert[]> {
    return this.#alerts({ ...filters, state: ["firing", "resolved"] });
  }

  /** Says that somebody looks after it: it is repeated no more. @throws PlayheadError `not_found`, `conflict` once it is over */
  async acknowledge(alertId: string, note?: string): Promise<Alert> {
    const path = `${pathOf("alerts", alertId)}/acknowledge`;
    return (await this.#playhead.change("POST", path, note === undefined ? {} : { note })) as Alert;
  }

  /** Keeps the alerts of a rule from being told for a while. @throws PlayheadError `validation_error` */
  async silence(name: string, minutes: number, reason: string): Promise<AlertSilence> {
    const draft = { matchers: { rule: name }, minutes, reason };
    return (await this.#playhead.change("POST", "alert-silences", draft)) as AlertSilence;
  }

  /** Sends a test through a channel. @returns what the receiver answered @throws PlayheadError what it refused it with */
  async testChannel(channel: string): Promise<{ readonly answer: string; readonly latency_ms: number }> {
    const answer = await this.#playhead.change("POST", `${pathOf("alert-channels", channel)}/test`, {});
    return answer as { readonly answer: string; readonly latency_ms: number };
  }

  async #find(name: string): Promise<AlertRule | undefined> {
    return (await this.getConfigurations()).find((rule) => rule.name === name);
  }

  async #get(name: string): Promise<AlertRule> {
    const rule = await this.#find(name);
    if (rule === undefined) throw new PlayheadError("not_found", `there is no alert rule called ${name}`);
    return rule;
  }

  async #alerts(filters: AlertFilters & { readonly state: readonly string[] }): Promise<readonly Alert[]> {
    const { limit = LIMIT, from, to, ...others } = filters;
    const range = rangeQuery({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
    const alerts: Alert[] = [];
    let page_token: string | undefined;
    do {
      const page_size = Math.min(MOST, Math.max(LEAST, limit - alerts.length));
      const reading = await this.#playhead.read("alerts", { ...others, ...range, page_size, page_token });
      const page = (await reading.json()) as { alerts: readonly Alert[]; next_page_token: string | null };
      alerts.push(...page.alerts);
      page_token = page.next_page_token ?? undefined;
    } while (page_token !== undefined && alerts.length < limit);
    return alerts.slice(0, limit);
  }
}

const pathOf = (list: string, id: string): string => `${list}/${encodeURIComponent(id)}`;

/** A rule as one would configure it. */
function draftOf(rule: AlertRule): AlertConfiguration {
  const { rule_id: _, built_in: __, created_at: ___, updated_at: ____, ...configuration } = rule;
  const { resolve_condition, runbook_url, threshold, ...others } = configuration;
  return {
    ...others,
    ...(resolve_condition !== null && { resolve_condition }),
    ...(runbook_url !== null && { runbook_url }),
    ...(threshold !== null && { threshold }),
  };
}
