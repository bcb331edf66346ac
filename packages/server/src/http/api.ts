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

/** What a request may do; on each route, checked in one place. */
export type Permission = "public" | "read" | "control" | "report";

declare module "fastify" {
  interface FastifyContextConfig {
    /** @defaultValue `read` */
    permission?: Permission;
    /** Whether the token may stand in the address, for clients that cannot send headers. @defaultValue false */
    tokenInQuery?: boolean;
  }
  interface FastifyRequest {
    /** Whose data the request may see; set before any route that is not public. */
    tenantId: string;
  }
}
