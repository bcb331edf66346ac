import * as z from "zod";
import type { Api, Caller } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { timestamp } from "./schemas.ts";

export interface CleanupRouteDeps {
  /** Cleans up now, for some time at most. */
  readonly cleanUp: () => Promise<{
    readonly limits: { readonly detailsBeforeMs: number; readonly summariesBeforeMs: number };
    readonly removed: Readonly<Record<string, number>>;
    readonly isComplete: boolean;
  }>;
  /** Whether the caller has to do with all tenants. */
  readonly isOwner: (caller: Caller) => boolean;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

/** Retention at once, for admins: what is too old would go by itself within the hour. */
export function addCleanupRoute(api: Api, { cleanUp, isOwner, audit }: CleanupRouteDeps): void {
  api.post(
    "/api/v1/monitoring/cleanup",
    {
      config: { permission: "admin" },
      schema: {
        summary: "Let go of what is older than it is kept",
        response: {
          200: z.object({
            details_before: timestamp,
            summaries_before: timestamp,
            complete: z.boolean().meta({ description: "Whether all of it is gone; else the rest goes by itself" }),
            removed: z
              .record(z.string(), z.number())
              .nullable()
              .meta({ description: "Of all tenants; null for those who have to do with one" }),
          }),
        },
      },
    },
    async (request) => {
      await audit(request, "cleanup.run", "retention", request.caller.tenantId);
      const { limits, removed, isComplete } = await cleanUp();
      return {
        details_before: new Date(limits.detailsBeforeMs).toISOString(),
        summaries_before: new Date(limits.summariesBeforeMs).toISOString(),
        complete: isComplete,
        removed: isOwner(request.caller) ? { ...removed } : null,
      };
    },
  );
}
