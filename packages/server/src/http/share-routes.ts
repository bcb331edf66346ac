import type { Artifact, JobSnapshot } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { noSuchJob } from "./no-such-job.ts";
import { MEDIA_SECURITY_POLICY, type ShownFile } from "./page-routes.ts";
import { jobParams } from "./schemas.ts";
import type { TokenRoutesDeps } from "./token-routes.ts";

export interface ShareRoutesDeps {
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  readonly readJob: (tenantId: string, jobId: string) => Promise<JobSnapshot | null>;
  readonly mintToken: (
    token: Parameters<TokenRoutesDeps["mintToken"]>[0] & { readonly isShare: true },
  ) => ReturnType<TokenRoutesDeps["mintToken"]>;
  readonly maxShareSec: number;
  /** Where people reach this server; null where nobody said so. */
  readonly publicUrl: () => string | null;
  /** The file of a media address; null for one that is not there, not to be shown, or another tenant's. */
  readonly mediaFile: (tenantId: string, rootId: string, path: string) => Promise<ShownFile | null>;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

const DEFAULT_SHARE_SEC = 7 * 86_400;

/** Links for the person who waits for a job: to look at it without a key, and at pictures of what it has made. */
export function addShareRoutes(api: Api, deps: ShareRoutesDeps): void {
  const { hasJob, readJob, mintToken, maxShareSec, publicUrl, mediaFile, audit } = deps;

  api.post(
    "/api/v1/jobs/:id/share",
    {
      config: { permission: "share" },
      schema: {
        summary: "Make a link to a page that shows the job to whoever has it",
        params: jobParams,
        body: z
          .strictObject({
            expires_in_seconds: z.number().int().min(60).max(maxShareSec).default(DEFAULT_SHARE_SEC),
          })
          .nullish(),
        response: {
          201: z.object({ url: z.string(), token: z.string(), token_id: z.string(), expires_at: z.string() }),
        },
      },
    },
    async (request, reply) => {
      const { params, body, caller, protocol, host } = request;
      const { tenantId, credentialId } = caller;
      if (!(await hasJob(tenantId, params.id))) throw noSuchJob(params.id);
      const { token, tokenId, expiresAtMs } = await mintToken({
        tenantId,
        jobIds: [params.id],
        verbs: ["read"],
        expiresInSec: body?.expires_in_seconds ?? DEFAULT_SHARE_SEC,
        subject: null,
        keyId: credentialId,
        isShare: true,
      });
      await audit(request, "job.shared", params.id, tenantId);
      // Behind the #, so that it is in no log of whatever the link goes through.
      const url = new URL(`/share/${encodeURIComponent(params.id)}#${token}`, publicUrl() ?? `${protocol}://${host}/`);
      reply.status(201).header("cache-control", "no-store");
      return { url: url.href, token, token_id: tokenId, expires_at: new Date(expiresAtMs).toISOString() };
    },
  );

  api.get(
    "/api/v1/jobs/:id/preview",
    {
      schema: {
        summary: "Read a picture of something that the job has made",
        description: "What a job token opens of the files here: the pictures among the job's artifacts, and no other.",
        params: jobParams,
        querystring: z.strictObject({
          url: z.string().max(2_000).meta({ description: "Of an artifact, as the job has it" }),
        }),
        response: {
          200: { description: "The picture", content: { "image/*": { schema: z.unknown() } } },
          204: z.null().meta({ description: "There is no such picture" }),
        },
      },
    },
    async ({ params, query, tenantId }, reply) => {
      const job = await readJob(tenantId, params.id);
      if (job === null) throw noSuchJob(params.id);
      const address = isPictureOf(job, query.url) ? mediaAddress(query.url) : null;
      const file = address === null ? null : await mediaFile(tenantId, address.rootId, address.path);
      if (file === null) return reply.status(204).send(null);
      reply.header("content-security-policy", MEDIA_SECURITY_POLICY).header("cache-control", "private, no-cache");
      return reply.sendFile(file.path, file.folder, { cacheControl: false, dotfiles: "deny" });
    },
  );
}

function isPictureOf({ artifacts, tasks }: JobSnapshot, url: string): boolean {
  const isIt = (artifact: Artifact) =>
    artifact.url === url && (artifact.type === "thumbnail" || artifact.mime_type?.startsWith("image/") === true);
  return artifacts.some(isIt) || tasks.some((task) => task.artifacts.some(isIt));
}

/** The folder and the path in an address of ours; null for any other. */
function mediaAddress(url: string): { readonly rootId: string; readonly path: string } | null {
  const [, rootId, path] = /^\/media\/([^/?#]+)\/([^?#]+)$/.exec(url) ?? [];
  if (rootId === undefined || path === undefined) return null;
  try {
    return { rootId, path: decodeURIComponent(path) };
  } catch {
    // A percent sign that begins nothing.
    return null;
  }
}
