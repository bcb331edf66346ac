import * as z from "zod";
import type { Api, Caller } from "./api.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { auditEntry, pageSize } from "./schemas.ts";

export interface AuditRoutesDeps {
  /** The newest first. */
  readonly list: (query: {
    readonly tenantId: string | null;
    readonly afterId?: string;
    readonly limit: number;
  }) => Promise<readonly z.output<typeof auditEntry>[]>;
  /** Whether the caller has to do with all tenants. */
  readonly isOwner: (caller: Caller) => boolean;
}

/** What admins did, for admins. */
export function addAuditRoutes(api: Api, { list, isOwner }: AuditRoutesDeps): void {
  api.get(
    "/api/v1/audit",
    {
      config: { permission: "admin" },
      schema: {
        summary: "Read what admins did, the newest first",
        querystring: z.object({ page_size: pageSize, page_token: z.string().max(1_000).optional() }),
        response: { 200: z.object({ entries: z.array(auditEntry), next_page_token: z.string().nullable() }) },
      },
    },
    async ({ query, caller }) => {
      const mark = markOfQuery("audit", caller.tenantId, query);
      const entries = await list({
        tenantId: isOwner(caller) ? null : caller.tenantId,
        limit: query.page_size,
        ...(query.page_token !== undefined && { afterId: decodePageToken(query.page_token, mark).id }),
      });
      const last = entries.length < query.page_size ? undefined : entries.at(-1);
      return {
        entries: [...entries],
        next_page_token: encodePageToken(last === undefined ? null : { value: null, id: last.audit_id }, mark),
      };
    },
  );
}
