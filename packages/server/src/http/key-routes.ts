import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api, Caller } from "./api.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { apiKey, pageSize, tenantId as tenantName } from "./schemas.ts";

export interface KeyRoutesDeps {
  readonly createKey: (key: {
    readonly name: string;
    readonly role: Caller["role"];
    readonly tenantId: string;
  }) => Promise<{ readonly key: string; readonly info: KeyInfo }>;
  /** @param tenantId null for all */
  readonly listKeys: (tenantId: string | null) => readonly KeyInfo[];
  /** @returns null when there is no such key (of the tenant) */
  readonly revokeKey: (tenantId: string | null, keyId: string) => Promise<KeyInfo | null>;
  /** Whether the caller has to do with all tenants. */
  readonly isOwner: (caller: Caller) => boolean;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

/** What the audit log keeps of a request. */
export interface AuditedRequest {
  readonly caller: Caller;
  readonly ip: string;
}

type KeyInfo = z.output<typeof apiKey>;

const tooFar = () =>
  new PlayheadError("forbidden", "this key administers its own tenant only", {
    hint: "keys of other tenants are made with the access key of the data folder",
  });

/** API keys: made, listed and revoked by admins. */
export function addKeyRoutes(api: Api, { createKey, listKeys, revokeKey, isOwner, audit }: KeyRoutesDeps): void {
  api.get(
    "/api/v1/keys",
    {
      config: { permission: "admin" },
      schema: {
        summary: "List API keys",
        querystring: z.object({
          tenant_id: tenantName.optional(),
          page_size: pageSize,
          page_token: z.string().max(1_000).optional(),
        }),
        response: { 200: z.object({ keys: z.array(apiKey), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ query, caller }) => {
      const wanted = query.tenant_id ?? (isOwner(caller) ? null : caller.tenantId);
      if (wanted !== caller.tenantId && !isOwner(caller)) throw tooFar();
      const all = listKeys(wanted);
      // One that was revoked since the page before is not there to go on after: its time still is.
      const mark = markOfQuery("keys", caller.tenantId, query);
      const after = query.page_token === undefined ? null : decodePageToken(query.page_token, mark);
      const rest =
        after === null ? all : all.filter((key) => comesAfter(key, { createdAt: String(after.value), id: after.id }));
      const keys = rest.slice(0, query.page_size);
      const last = keys.at(-1);
      const next =
        last === undefined || keys.length === rest.length ? null : { value: last.created_at, id: last.key_id };
      return { keys, next_page_token: encodePageToken(next, mark) };
    },
  );

  api.post(
    "/api/v1/keys",
    {
      config: { permission: "admin" },
      schema: {
        summary: "Make an API key; it is shown this once",
        body: z.strictObject({
          name: z.string().trim().min(1).max(100),
          role: apiKey.shape.role,
          tenant_id: tenantName.optional(),
        }),
        response: { 201: apiKey.extend({ key: z.string() }) },
      },
    },
    async (request, reply) => {
      const { body, caller } = request;
      const { name, role, tenant_id: tenantId = caller.tenantId } = body;
      if (tenantId !== caller.tenantId && !isOwner(caller)) throw tooFar();
      const { key, info } = await createKey({ name, role, tenantId });
      await audit(request, "key.created", info.key_id, tenantId);
      reply.status(201).header("cache-control", "no-store");
      return { ...info, key };
    },
  );

  api.delete(
    "/api/v1/keys/:key_id",
    {
      config: { permission: "admin" },
      schema: {
        summary: "Revoke an API key, with the sessions and tokens that it opened",
        params: z.object({ key_id: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { params, caller } = request;
      const revoked = await revokeKey(isOwner(caller) ? null : caller.tenantId, params.key_id);
      if (revoked === null) throw new PlayheadError("not_found", `there is no key ${params.key_id}`);
      await audit(request, "key.revoked", revoked.key_id, revoked.tenant_id);
      reply.status(204);
      return null;
    },
  );
}

/** Keys are listed by when they were made, and by their ids within a millisecond. */
function comesAfter(key: KeyInfo, { createdAt, id }: { readonly createdAt: string; readonly id: string }): boolean {
  return key.created_at > createdAt || (key.created_at === createdAt && key.key_id > id);
}
