import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";

/** The HTTP server as routes see it: requests and answers are checked by zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What may be asked of a caller; `share` is to hand out job tokens. */
export type CallerPermission = "read" | "inspect" | "control" | "submit" | "report" | "share" | "metrics" | "admin";
/** What a request may do; on each route, checked in one place. `forwarded`: checked where the request is handed on to. */
export type Permission = "public" | "forwarded" | CallerPermission;

/** Who makes a request. */
export interface Caller {
  readonly tenantId: string;
  readonly role: "admin" | "operator" | "worker" | "viewer" | "monitor";
  /** The only jobs that may be seen; null for all of the tenant's. */
  readonly jobIds: ReadonlySet<string> | null;
  /** When the credential runs out; null for one that does not. */
  readonly expiresAtMs: number | null;
  /** Names the credential; not the credential itself. */
  readonly credentialId: string;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** @defaultValue `read` */
    permission?: Permission;
    /** Whether the answer has an ETag, and is not sent again to who has it. @defaultValue false */
    etag?: boolean;
    /** Whether the credential may stand in the address, as `?token=`, for clients that cannot set headers. */
    tokenInQuery?: boolean;
    /** Whether the answer may wait for something to happen: then the time that it takes says nothing. @defaultValue false */
    waits?: boolean;
    /** Whether its body is read as it comes, however long it is. @defaultValue false */
    streams?: boolean;
  }
  interface FastifyRequest {
    /** Whose data the request may see; set before any route that is not public. */
    tenantId: string;
    /** Who asks; set before any route that is not public. */
    caller: Caller;
  }
}
