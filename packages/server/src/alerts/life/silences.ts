import type { Alert, AlertSilence } from "@playhead/core";

/** The silence that keeps an alert from being told, of those that have not ended; the one that lasts longest. */
export function silenceOf(alert: Alert, silences: readonly AlertSilence[], nowMs: number): AlertSilence | null {
  let longest: AlertSilence | null = null;
  for (const silence of silences) {
    if (Date.parse(silence.until) <= nowMs || !isMatched(alert, silence)) continue;
    if (longest === null || silence.until > longest.until) longest = silence;
  }
  return longest;
}

function isMatched({ labels, rule_name, level }: Alert, { matchers }: AlertSilence): boolean {
  const values: Readonly<Record<string, string>> = { ...labels, rule: rule_name, level };
  return Object.entries(matchers).every(([name, value]) => values[name] === value);
}
