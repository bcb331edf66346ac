import { type AlertSilence, PlayheadError } from "@playhead/core";
import * as z from "zod";
import { alertingId, alertSilence, silenceDraft } from "./alert-schemas.ts";
import type { Api, Caller } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";

export interface AlertSilenceRoutesDeps {
  readonly silences: {
    listSilences(tenantId: string): Promise<readonly AlertSilence[]>;
    silence(tenantId: string, draft: unknown, by: string): Promise<AlertSilence>;
    endSilence(tenantId: string, silenceId: string): Promise<boolean>;
  };
  /** What people call who asks. */
  readonly nameOf: (caller: Caller) => string;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

const PATH = "/api/v1/alert-silences";

/** What nobody wants to be told of for a while. */
export function addAlertSilenceRoutes(api: Api, { silences, nameOf, audit }: AlertSilenceRoutesDeps): void {
  api.get(
    PATH,
    {
      config: { permission: "inspect" },
      schema: {
        summary: "List silences that have not ended",
        response: { 200: z.object({ silences: z.array(alertSilence) }) },
      },
    },
    async ({ tenantId }) => ({ silences: [...(await silences.listSilences(tenantId))] }),
  );

  api.post(
    PATH,
    {
      config: { permission: "control" },
      schema: {
        summary: "Keep alerts with these labels from being told for a while",
        body: silenceDraft,
        response: { 201: alertSilence },
      },
    },
    async (request, reply) => {
      const { tenantId, body, caller } = request;
      const silence = await silences.silence(tenantId, body, nameOf(caller));
      await audit(request, "alert_silence.created", silence.silence_id, tenantId);
      reply.status(201);
      return silence;
    },
  );

  api.delete(
    `${PATH}/:silence_id`,
    {
      config: { permission: "control" },
      schema: {
        summary: "End a silence; what still fires is told then",
        params: z.object({ silence_id: alertingId }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, params } = request;
      if (!(await silences.endSilence(tenantId, params.silence_id))) {
        throw new PlayheadError("not_found", `there is no silence ${params.silence_id}`);
      }
      await audit(request, "alert_silence.ended", params.silence_id, tenantId);
      reply.status(204);
      return null;
    },
  );
}
