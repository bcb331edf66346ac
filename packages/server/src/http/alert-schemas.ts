/** The shapes of alerts, rules and what people are told of them, from which OpenAPI is made. */
import {
  ALERT_DIMENSIONS,
  ALERT_LEVELS,
  ALERT_STATES,
  DELIVERY_STATES,
  NO_DATA_POLICIES,
  NOTIFICATION_KINDS,
} from "@playhead/core";
import * as z from "zod";
import { json, timestamp } from "./schemas.ts";

const labels = z.record(z.string(), z.string());
const scope = z.partialRecord(z.enum(ALERT_DIMENSIONS), z.array(z.string()).readonly());
const causes = z.array(z.object({ cause: z.string(), count: z.number() })).readonly();

const ruleFields = {
  name: z.string(),
  description: z.string(),
  condition: z.string().meta({ description: "CEL over the measurements of the window and `threshold`" }),
  resolve_condition: z.string().nullable(),
  threshold: z.number().nullable(),
  time_window: z.number().meta({ description: "Minutes" }),
  min_samples: z.number(),
  no_data: z.enum(NO_DATA_POLICIES),
  for: z.number().meta({ description: "Seconds" }),
  keep_firing_for: z.number().meta({ description: "Seconds" }),
  cooldown_period: z.number().meta({ description: "Minutes" }),
  repeat_every: z.number().nullable().meta({ description: "Minutes" }),
  level: z.enum(ALERT_LEVELS),
  notification_channels: z.array(z.string()).readonly(),
  enabled: z.boolean(),
  scope,
  group_by: z.array(z.enum(ALERT_DIMENSIONS)).readonly(),
  labels,
  runbook_url: z.string().nullable(),
  message: z.string(),
};

export const alertRule = z
  .object({
    rule_id: z.string(),
    ...ruleFields,
    built_in: z.boolean(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: "AlertRule" });

const ruleDraft = z
  .object(ruleFields)
  .partial()
  .required({ name: true, condition: true, time_window: true, level: true });

/** Any object, described as something whose faults are told by who checks it: all of them at once, in their words. */
const describedAs = (schema: z.ZodType) => {
  const { $schema: _, ...description } = z.toJSONSchema(schema);
  return json.meta(description);
};

/** A rule as somebody writes it; the alerts engine checks it. */
export const alertRuleDraft = describedAs(ruleDraft);
/** What a rule is with all its defaults. */
export const checkedRule = describedAs(ruleDraft);

export const silenceDraft = describedAs(
  z.object({
    matchers: labels.meta({ description: "Exact values of labels; `rule` is the rule's name, `level` its level" }),
    minutes: z.number().optional(),
    until: timestamp.optional().meta({ description: "In place of `minutes`" }),
    reason: z.string(),
  }),
);

export const alert = z
  .object({
    alert_id: z.string(),
    rule_id: z.string(),
    rule_name: z.string(),
    level: z.enum(ALERT_LEVELS),
    state: z.enum(ALERT_STATES),
    labels,
    value: z.number().nullable(),
    threshold: z.number().nullable(),
    measurements: z.record(z.string(), z.number().nullable()),
    message: z.string(),
    runbook_url: z.string().nullable(),
    count: z.number(),
    causes,
    job_id: z.string().nullable(),
    pending_at: timestamp,
    fired_at: timestamp.nullable(),
    resolved_at: timestamp.nullable(),
    acknowledged_at: timestamp.nullable(),
    acknowledged_by: z.string().nullable(),
    silence_id: z.string().nullable(),
    flaps: z.number(),
  })
  .meta({ id: "Alert" });

export const alertSilence = z
  .object({
    silence_id: z.string(),
    matchers: labels,
    until: timestamp,
    reason: z.string(),
    created_by: z.string(),
    created_at: timestamp,
  })
  .meta({ id: "AlertSilence" });

export const alertChannel = z
  .object({
    channel: z.string(),
    type: z.string(),
    target: z.string(),
    breaker: z.enum(["closed", "half_open", "open"]),
    pending: z.number(),
    last_sent_at: timestamp.nullable(),
    last_error: z.string().nullable(),
  })
  .meta({ id: "AlertChannel" });

export const alertDelivery = z
  .object({
    delivery_id: z.string(),
    notification_id: z.string(),
    rule_id: z.string(),
    rule_name: z.string(),
    kind: z.enum(NOTIFICATION_KINDS),
    level: z.enum(ALERT_LEVELS),
    title: z.string(),
    channel: z.string(),
    channel_type: z.string(),
    state: z.enum(DELIVERY_STATES),
    reason: z.string().nullable(),
    attempt_count: z.number(),
    attempts: z
      .array(
        z.object({
          at: timestamp,
          latency_ms: z.number(),
          error: z.string().nullable(),
          answer: z.string().nullable(),
        }),
      )
      .readonly(),
    created_at: timestamp,
    next_attempt_at: timestamp.nullable(),
    settled_at: timestamp.nullable(),
  })
  .meta({ id: "AlertDelivery" });

export const alertBacktest = z
  .object({
    from: timestamp,
    to: timestamp,
    fired: z.number(),
    firings: z
      .array(z.object({ at: timestamp, until: timestamp.nullable(), labels: json, value: z.number().nullable() }))
      .readonly(),
    samples: z.number(),
  })
  .meta({ id: "AlertBacktest" });

/** The id of one of them, in the address. */
export const alertingId = z.string().min(1).max(200);
