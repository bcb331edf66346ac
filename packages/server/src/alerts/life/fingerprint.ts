import { createHash } from "node:crypto";

/** Names a rule among those of all tenants. */
export function ruleKeyOf(tenantId: string, ruleId: string): string {
  return `${tenantId}\n${ruleId}`;
}

/** Names what an alert is about: the rule and the values of its labels, in whatever order. */
export function fingerprintOf(tenantId: string, ruleId: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([tenantId, ruleId, ...sorted.flat()]);
}

/** An id that whoever makes it again of the same parts makes the same: 24 hex digits. */
export function shortHash(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
}
