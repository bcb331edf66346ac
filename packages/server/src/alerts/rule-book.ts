import { randomUUID } from "node:crypto";
import { type AlertRule, type JsonObject, PlayheadError } from "@playhead/core";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";
import type { TenantRule } from "./life/life.ts";
import { type AlertThresholds, builtInRules, isAboutJobs } from "./rules/built-in-rules.ts";
import { checkRule, createRule } from "./rules/check-rule.ts";

const RULES = "alert_rules";
/** Of one tenant; each costs something with everything that happens. */
const MAX_RULES = 1_000;

export interface RuleBookDeps {
  readonly store: Pick<Store, "putDocument" | "removeDocument" | "listDocuments">;
  /** The one that also has the rules about the machine and the server. */
  readonly ownTenantId: string;
  readonly nowMs: () => number;
  /** The channels that rules may name. */
  readonly channelNames: () => readonly string[];
}

/** The rules of all tenants: those that Playhead comes with, and what was made of them; kept as documents. */
export function createRuleBook({ store, ownTenantId, nowMs, channelNames }: RuleBookDeps) {
  /** Of each tenant that is known, what it has stored. */
  const stored = new Map<string, Map<string, AlertRule>>([[ownTenantId, new Map()]]);
  let builtIn: readonly AlertRule[] = [];

  function rulesOf(tenantId: string): readonly AlertRule[] {
    const own = stored.get(tenantId) ?? new Map<string, AlertRule>();
    const given = builtIn.filter((rule) => tenantId === ownTenantId || isAboutJobs(rule));
    const isGiven = new Set(given.map(({ rule_id }) => rule_id));
    const added = [...own.values()].filter(({ rule_id }) => !isGiven.has(rule_id));
    return [
      ...given.map((rule) => own.get(rule.rule_id) ?? rule),
      ...added.toSorted((a, b) => a.name.localeCompare(b.name, "en")),
    ];
  }

  function ownOf(tenantId: string): Map<string, AlertRule> {
    const own = stored.get(tenantId) ?? new Map();
    stored.set(tenantId, own);
    return own;
  }

  const find = (tenantId: string, ruleId: string) => rulesOf(tenantId).find(({ rule_id }) => rule_id === ruleId);

  function read(tenantId: string, ruleId: string): AlertRule {
    const rule = find(tenantId, ruleId);
    if (rule === undefined) throw new PlayheadError("not_found", `there is no alert rule ${ruleId}`);
    return rule;
  }

  function refuseDouble(tenantId: string, name: string, ruleId: string | null): void {
    const others = rulesOf(tenantId).filter(({ rule_id }) => rule_id !== ruleId);
    if (others.some((rule) => rule.name === name))
      throw new PlayheadError("conflict", `there is an alert rule named ${JSON.stringify(name)} already`);
    if (others.length >= MAX_RULES)
      throw new PlayheadError("conflict", `expected at most ${MAX_RULES} alert rules, got one more`);
  }

  return {
    /** Reads what is stored. */
    async load(): Promise<void> {
      for await (const page of documentPages(store, RULES))
        for (const { tenantId, body } of page) ownOf(tenantId).set(String(body.rule_id), body as unknown as AlertRule);
    },
    setThresholds(thresholds: AlertThresholds): void {
      const before = new Map(builtIn.map((rule) => [rule.rule_id, rule]));
      builtIn = builtInRules(thresholds, new Date(nowMs()).toISOString()).map((rule) => {
        const known = before.get(rule.rule_id);
        return known !== undefined && isSame(known, rule) ? known : rule;
      });
    },
    /** From now on it has the rules that everybody has. @returns whether it was not known */
    addTenant(tenantId: string): boolean {
      if (stored.has(tenantId)) return false;
      stored.set(tenantId, new Map());
      return true;
    },
    tenants: (): readonly string[] => [...stored.keys()],
    /** Of all tenants. */
    all: (): readonly TenantRule[] =>
      [...stored.keys()].flatMap((tenantId) => rulesOf(tenantId).map((rule) => ({ tenantId, rule }))),
    list: rulesOf,
    read,
    async put(tenantId: string, ruleId: string | null, draft: unknown): Promise<AlertRule> {
      const before = ruleId === null ? null : read(tenantId, ruleId);
      const checked = checkRule(draft, channelNames());
      refuseDouble(tenantId, checked.name, ruleId);
      const nowIso = new Date(nowMs()).toISOString();
      const rule = createRule(checked, {
        ruleId: ruleId ?? `rule_${randomUUID().replaceAll("-", "").slice(0, 20)}`,
        nowIso,
        builtIn: before?.built_in ?? false,
        createdAt: before?.created_at ?? nowIso,
      });
      await store.putDocument({
        collection: RULES,
        id: documentId(tenantId, rule.rule_id),
        tenantId,
        body: rule as unknown as JsonObject,
        expiresMs: null,
      });
      ownOf(tenantId).set(rule.rule_id, rule);
      return rule;
    },
    /** @returns whether there was something to remove */
    async remove(tenantId: string, ruleId: string): Promise<boolean> {
      const isThere = await store.removeDocument(RULES, documentId(tenantId, ruleId));
      ownOf(tenantId).delete(ruleId);
      return isThere;
    },
  };
}

export type RuleBook = ReturnType<typeof createRuleBook>;

/** Built-in rules have the same ids with each tenant. */
const documentId = (tenantId: string, ruleId: string) => `${tenantId} ${ruleId}`;

function isSame(a: AlertRule, b: AlertRule): boolean {
  const content = (rule: AlertRule) => JSON.stringify({ ...rule, created_at: "", updated_at: "" });
  return content(a) === content(b);
}
