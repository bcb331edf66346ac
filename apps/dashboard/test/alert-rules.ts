import type { AlertRule, AlertRuleDraft } from "@playhead/core";
import type { DashboardServer } from "./dashboard-server.ts";

/** Fires for each job in which a video fails. */
export const VIDEO_FAILED: AlertRuleDraft = {
  name: "A video failed",
  condition: 'events("video.failed") > threshold',
  threshold: 0,
  time_window: 60,
  level: "critical",
  group_by: ["job_id"],
  runbook_url: "https://wiki.example.com/videos",
  message: "a video of {{job_id}} failed",
};

async function ask(server: DashboardServer, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${server.origin}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.key}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Makes a rule. */
export async function makeRule(server: DashboardServer, draft = VIDEO_FAILED): Promise<AlertRule> {
  return (await ask(server, "POST", "alert-rules", draft)) as AlertRule;
}

/** Switches off what is built in: what this machine is doing meanwhile is no matter of a test. */
export async function withoutBuiltInRules(server: DashboardServer): Promise<void> {
  const { rules } = (await ask(server, "GET", "alert-rules")) as { readonly rules: readonly AlertRule[] };
  for (const { rule_id, built_in, created_at, updated_at, ...draft } of rules) {
    if (built_in) await ask(server, "PUT", `alert-rules/${rule_id}`, { ...draft, enabled: false });
  }
}
