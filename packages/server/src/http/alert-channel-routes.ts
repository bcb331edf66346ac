import {
  ALERT_LEVELS,
  type AlertChannelInfo,
  type AlertChannelTest,
  type AlertDelivery,
  type AlertLevel,
  DELIVERY_STATES,
  PlayheadError,
} from "@playhead/core";
import * as z from "zod";
import type { DeliveriesQuery } from "../store/alert-store.ts";
import type { Page } from "../store/store.ts";
import { alertChannel, alertDelivery, alertingId } from "./alert-schemas.ts";
import type { Api } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { pageSize, pageToken, repeated } from "./schemas.ts";

export interface AlertChannelRoutesDeps {
  readonly channels: {
    listChannels(): readonly AlertChannelInfo[];
    testChannel(name: string): Promise<{ readonly answer: string; readonly latency_ms: number }>;
    testAllChannels(level: AlertLevel): Promise<readonly AlertChannelTest[]>;
    listDeliveries(query: DeliveriesQuery): Promise<Page<AlertDelivery>>;
    redeliver(tenantId: string, deliveryId: string): Promise<AlertDelivery>;
  };
  /** Whether the server is run by this tenant: then its channels are, too. Where they go is nobody else's to know. */
  readonly runsServer: (tenantId: string) => boolean;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

/** How people are told, and what came of it. */
export function addAlertChannelRoutes(api: Api, { channels, runsServer, audit }: AlertChannelRoutesDeps): void {
  api.get(
    "/api/v1/alert-channels",
    {
      config: { permission: "inspect" },
      schema: {
        summary: "List the channels of the server",
        response: { 200: z.object({ channels: z.array(alertChannel) }) },
      },
    },
    async ({ tenantId }) => ({ channels: runsServer(tenantId) ? [...channels.listChannels()] : [] }),
  );

  api.post(
    "/api/v1/alert-channels/:name/test",
    {
      config: { permission: "admin", waits: true },
      schema: {
        summary: "Send a test through a channel, and say what the receiver answered",
        params: z.object({ name: alertingId }),
        response: { 200: z.object({ answer: z.string(), latency_ms: z.number() }) },
      },
    },
    async (request) => {
      const { params, tenantId } = request;
      if (!runsServer(tenantId)) throw new PlayheadError("not_found", `there is no channel ${params.name}`);
      await audit(request, "alert_channel.tested", params.name, tenantId);
      return channels.testChannel(params.name);
    },
  );

  api.post(
    "/api/v1/monitoring/test/alert",
    {
      config: { permission: "admin", waits: true },
      schema: {
        summary: "Send a test of a level through every channel, and say what came of each",
        querystring: z.strictObject({ level: z.enum(ALERT_LEVELS).default("info") }),
        response: {
          200: z.object({
            level: z.enum(ALERT_LEVELS),
            channels: z.array(
              z.object({
                channel: z.string(),
                ok: z.boolean(),
                answer: z.string().nullable(),
                latency_ms: z.number().nullable(),
                error: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { query, tenantId } = request;
      if (!runsServer(tenantId)) return { level: query.level, channels: [] };
      await audit(request, "alert_channel.tested", "all", tenantId);
      return { level: query.level, channels: [...(await channels.testAllChannels(query.level))] };
    },
  );

  api.get(
    "/api/v1/alert-deliveries",
    {
      config: { permission: "inspect" },
      schema: {
        summary: "List what was told through which channel, the newest first",
        querystring: z.strictObject({
          channel: alertingId.optional(),
          state: repeated(z.enum(DELIVERY_STATES)),
          rule_id: alertingId.optional(),
          page_size: pageSize,
          page_token: pageToken,
        }),
        response: { 200: z.object({ deliveries: z.array(alertDelivery), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ tenantId, query }) => {
      const mark = markOfQuery("alert-deliveries", tenantId, query);
      const { items, next } = await channels.listDeliveries({
        tenantId,
        limit: query.page_size,
        ...(query.channel !== undefined && { channel: query.channel }),
        ...(query.state !== undefined && { states: query.state }),
        ...(query.rule_id !== undefined && { alertRuleId: query.rule_id }),
        ...(query.page_token !== undefined && { after: decodePageToken(query.page_token, mark) }),
      });
      return { deliveries: [...items], next_page_token: encodePageToken(next, mark) };
    },
  );

  api.post(
    "/api/v1/alert-deliveries/:delivery_id/redeliver",
    {
      config: { permission: "admin" },
      schema: {
        summary: "Send once more what was given up",
        params: z.object({ delivery_id: alertingId }),
        response: { 202: alertDelivery },
      },
    },
    async (request, reply) => {
      const { params, tenantId } = request;
      const delivery = await channels.redeliver(tenantId, params.delivery_id);
      await audit(request, "alert_delivery.resent", params.delivery_id, tenantId);
      reply.status(202);
      return delivery;
    },
  );
}
