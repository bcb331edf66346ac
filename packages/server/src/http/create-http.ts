import fastifySwagger from "@fastify/swagger";
import { httpStatusOf, PlayheadError, toErrorBody } from "@playhead/core";
import { type FastifyError, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
} from "fastify-type-provider-zod";
import * as z from "zod";
import type { Api } from "./api.ts";
import { type AuthorizeDeps, addAuthorization } from "./authorize.ts";
import { addConditionalAnswers } from "./conditional-answers.ts";
import { correlationIdOf } from "./correlation-id.ts";
import { allowOtherOrigins } from "./cross-origin.ts";
import { limitRequestTime } from "./request-time.ts";
import { errorBody } from "./schemas.ts";
import { answerUnreadable } from "./unreadable-request.ts";

export interface HttpOptions extends AuthorizeDeps {
  readonly version: string;
  /** Whether only nodes of our own ask, so that the client's address is what they say it is. @defaultValue false */
  readonly isBehindNodes?: boolean;
  /** Told of every error that is our fault. */
  readonly onError: (
    error: unknown,
    request: { readonly method: string; readonly path: string; readonly id: string },
  ) => void;
  /** Told of each answer, with the route as it is written, such as `/api/v1/jobs/:id`. */
  readonly onAnswered: (answer: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }) => void;
}

/** Names of functions stand in addresses, their characters written out. */
const MAX_PARAM_LENGTH = 2_000;
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
const REQUEST_LIMIT_MS = 60_000;
/** What is transient may be over by then. */
const RETRY_AFTER_SEC = 1;

/** The HTTP server without its routes: checks, permissions, errors and headers are the same for all of them. */
export async function createHttp(options: HttpOptions): Promise<Api> {
  const { version, isBehindNodes = false, onError, onAnswered, ...authorization } = options;
  const answerError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const known = asPlayheadError(error, request);
    if (known === null || known.errorClass === "internal") {
      onError(error, { method: request.method, path: pathOf(request), id: request.id });
    }
    sendError(known ?? error, request, reply, statusOf(error, known));
  };
  const api = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: isBehindNodes,
    // Of the whole request: see limitRequestTime.
    requestTimeout: 0,
    http: { headersTimeout: REQUEST_LIMIT_MS },
    // What is under way is answered; who closes the server sees to it that this does not take for ever.
    forceCloseConnections: "idle",
    genReqId: ({ headers }) => correlationIdOf(headers),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // An address that cannot be read, before there is a route.
    frameworkErrors: answerError,
    clientErrorHandler: answerUnreadable,
  }).withTypeProvider() as Api;
  api.setValidatorCompiler(validatorCompiler);
  // What we answer is ours: its types are checked when it is built, and its schemas are for the documentation.
  api.setSerializerCompiler(() => (data) => JSON.stringify(data));
  // Before anyone is asked who they are: a browser asks whether it may ask without saying so.
  await allowOtherOrigins(api);
  await api.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Playhead", version, description: "What your media jobs are doing." },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });

  api.addHook("onRoute", (route) => {
    const { schema, config } = route;
    const response = schema?.response as Record<string, unknown> | undefined;
    if (response === undefined || schema === undefined) return;
    response.default ??= errorBody;
    if (config?.etag === true) response[304] ??= z.null().meta({ description: "The one who asks has it already" });
    // The document says of the others that they need a key.
    if (config?.permission === "public") schema.security ??= [];
  });
  api.addHook("onRequest", async (request, reply) => {
    setCommonHeaders(request, reply);
  });
  api.addHook("onResponse", async ({ method, routeOptions: { url: route, config } }, { statusCode, elapsedTime }) => {
    if (route !== undefined && config.waits !== true) {
      onAnswered({ method, route, status: statusCode, durationMs: elapsedTime });
    }
  });
  limitRequestTime(api, REQUEST_LIMIT_MS);
  addAuthorization(api, authorization);

  addConditionalAnswers(api);
  api.setErrorHandler(answerError);
  api.setNotFoundHandler((request, reply) => {
    const what = `there is no ${request.method} ${pathOf(request)}`;
    sendError(new PlayheadError("not_found", what, { hint: "see /openapi.json" }), request, reply, 404);
  });
  return api;
}

function statusOf(error: FastifyError, known: PlayheadError | null): number {
  // A part of a file that it does not have: players ask for it, and know this status only.
  return error.statusCode === 416 ? 416 : known === null ? 500 : httpStatusOf(known.code);
}

function sendError(error: Error, request: FastifyRequest, reply: FastifyReply, status: number): void {
  // Also where a request got no further than its address.
  setCommonHeaders(request, reply);
  if (status === 503 || status === 429) reply.header("retry-after", retryAfterSec(error));
  if (status === 401) reply.header("www-authenticate", "Bearer");
  reply
    .status(status)
    .type("application/json")
    .send(JSON.stringify(toErrorBody(error)));
}

function retryAfterSec(error: Error): number {
  const ms = error instanceof PlayheadError ? error.detail.retry_after_ms : undefined;
  return typeof ms === "number" ? Math.max(1, Math.ceil(ms / 1_000)) : RETRY_AFTER_SEC;
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-correlation-id", request.id);
  reply.header("x-content-type-options", "nosniff");
  reply.header("referrer-policy", "no-referrer");
}

/** Without the query, which may hold a key. */
function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? "/";
}

function asPlayheadError(error: FastifyError, request: FastifyRequest): PlayheadError | null {
  if (error instanceof PlayheadError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) => {
      const path = instancePath.slice(1).replaceAll("/", ".");
      return `${error.validationContext ?? "request"}${path === "" ? "" : `.${path}`}: ${message}`;
    });
    // A parameter that does not exist makes a request that cannot be read; one of a wrong value, a request that is wrong.
    const isUnknown = error.validation.every(({ keyword }) => keyword === "unrecognized_keys");
    const code = isUnknown && error.validationContext === "querystring" ? "invalid_request" : "validation_error";
    return new PlayheadError(code, faults.join("; "), { detail: { faults }, cause: error });
  }
  if (error.statusCode === 413) {
    return new PlayheadError("payload_too_large", `expected a body of at most ${BODY_LIMIT_BYTES} bytes`, {
      cause: error,
    });
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    // It may quote the whole address.
    const message = error.message.replaceAll(request.url, pathOf(request));
    return new PlayheadError("invalid_request", message, { cause: error });
  }
  return error.statusCode === 503 ? new PlayheadError("service_unavailable", error.message, { cause: error }) : null;
}
