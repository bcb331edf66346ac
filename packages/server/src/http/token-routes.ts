import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api, Caller, CallerPermission } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { noSuchJob } from "./no-such-job.ts";
import { jobParams } from "./schemas.ts";

type Verb = "read" | "control";

export interface TokenRoutesDeps {
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  readonly mayDo: (caller: Caller, permission: CallerPermission) => boolean;
  readonly mintToken: (token: {
    readonly tenantId: string;
    readonly jobIds: readonly string[];
    readonly verbs: readonly Verb[];
    readonly expiresInSec: number;
    readonly subject: string | null;
    readonly keyId: string;
  }) => Promise<{
    readonly token: string;
    readonly tokenId: string;
    readonly expiresAtMs: number;
    readonly verbs: readonly Verb[];
  }>;
  readonly revokeToken: (tenantId: string, tokenId: string) => Promise<void>;
  readonly maxTokenSec: number;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

const verb = z.enum(["read", "control"]);

/** Short-lived tokens for a job's viewers: a product's backend asks for them, its users' browsers come with them. */
export function addTokenRoutes(api: Api, deps: TokenRoutesDeps): void {
  const { hasJob, mayDo, mintToken, revokeToken, maxTokenSec, audit } = deps;
  api.post(
    "/api/v1/jobs/:id/tokens",
    {
      config: { permission: "share" },
      schema: {
        summary: "Make a short-lived token for a job's viewers",
        params: jobParams,
        body: z
          .strictObject({
            verbs: z.array(verb).min(1).max(2).optional().meta({ description: "`control` includes `read`" }),
            expires_in_sec: z.number().int().min(1).max(maxTokenSec).optional(),
            user_id: z.string().min(1).max(200).optional().meta({ description: "Whom it is for" }),
          })
          .nullish(),
        response: {
          201: z.object({
            token: z.string(),
            token_id: z.string(),
            expires_at: z.string(),
            job_ids: z.array(z.string()),
            verbs: z.array(verb),
          }),
        },
      },
    },
    async ({ params, body, caller }, reply) => {
      const { tenantId, credentialId } = caller;
      const { verbs: wanted = ["read"], expires_in_sec: expiresInSec = maxTokenSec, user_id: userId } = body ?? {};
      if (wanted.includes("control") && !mayDo(caller, "control")) {
        throw new PlayheadError("forbidden", `a key of the role ${caller.role} may not control, nor let others do so`, {
          hint: 'ask for verbs ["read"], or use a key of the role operator',
        });
      }
      if (!(await hasJob(tenantId, params.id))) throw noSuchJob(params.id);
      const jobIds = [params.id];
      const minted = await mintToken({
        tenantId,
        jobIds,
        verbs: wanted,
        expiresInSec,
        subject: userId ?? null,
        keyId: credentialId,
      });
      reply.status(201).header("cache-control", "no-store");
      return {
        token: minted.token,
        token_id: minted.tokenId,
        expires_at: new Date(minted.expiresAtMs).toISOString(),
        job_ids: jobIds,
        verbs: [...minted.verbs],
      };
    },
  );

  api.delete(
    "/api/v1/tokens/:token_id",
    {
      config: { permission: "share" },
      schema: {
        summary: "Revoke a job token",
        params: z.object({ token_id: z.string().min(1).max(100) }),
        response: { 204: z.null() },
      },
    },
    // Tokens are not kept: of one that was never there nothing is known, and revoking it does no harm.
    async (request, reply) => {
      const { params, tenantId } = request;
      await revokeToken(tenantId, params.token_id);
      await audit(request, "token.revoked", params.token_id, tenantId);
      reply.status(204);
      return null;
    },
  );
}
