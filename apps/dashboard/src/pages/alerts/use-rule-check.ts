import type { AlertRuleDraft } from "@playhead/core";
import { useEffect, useState } from "react";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { faultsOf, type RuleFault } from "./rule-fields.ts";

/** What the server says of a draft. */
export interface RuleCheck {
  /** The draft that it is said of, as text. */
  readonly of: string;
  readonly faults: readonly RuleFault[];
}

/** While somebody types, the server is not asked. */
const QUIET_MS = 300;

/** Has the server check a draft as it is typed. @returns null until it has checked what stands there now */
export function useRuleCheck(draft: AlertRuleDraft): RuleCheck | null {
  const [check, setCheck] = useState<RuleCheck | null>(null);
  const text = JSON.stringify(draft);
  useEffect(() => {
    let over = false;
    const timer = setTimeout(async () => {
      const faults = await alertsApi.checkRule(JSON.parse(text)).then(() => [], faultsOf);
      if (!over) setCheck({ of: text, faults });
    }, QUIET_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [text]);
  return check?.of === text ? check : null;
}
