import { randomUUID } from "node:crypto";
import { type ErrorBody, PlayheadError, toErrorBody } from "@playhead/core";
import fastifySwagger from "@fastify/swagger";
import { fastify, type FastifyError, type FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors, jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { Api, Permission } from "./api.ts";

export interface HttpOptions {
  readonly version: string;
  /** Who asks, and whether they may; null when nobody we know. */
  readonly authorize: (request: FastifyRequest, permission: Permission) => Promise<{ readonly tenantId: string } | null | "forbidden">;
  /** Told of every error that is our fault. */
  readonly onError: (error: unknown, request: { readonly method: string; readonly path: string; readonly id: string }) => void;
}

const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
const REQUEST_LIMIT_MS = 60_000;

/** The HTTP server without its routes: checks, permissions, errors and headers are the same for all of them. */
export async function createHttp({ version, authorize, onError }: HttpOptions): Promise<Api> {
  const api = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300 },
  }).withTypeProvider() as Api;
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
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

  api.decorateRequest("tenantId", "");
  api.addHook("onRequest", async (request, reply) => {
    reply.header("x-correlation-id", request.id);
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
  });
  // The one place where permissions are checked.
  api.addHook("onRequest", async (request) => {
    const permission = request.routeOptions.config.permission ?? "read";
    if (permission === "public" || request.is404) return;
    const found = await authorize(request, permission);
    if (found === null) {
      throw new PlayheadError("unauthorized", "this needs an access key or a signed-in session", {
        hint: "send Authorization: Bearer <access key>, or open the sign-in link that the server printed",
      });
    }
    if (found === "forbidden") throw new PlayheadError("forbidden", `this key may not ${permission}`);
    request.tenantId = found.tenantId;
  });

  api.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asPlayheadError(error);
    if (known === null || known.errorClass === "internal") {
      onError(error, { method: request.method, path: pathOf(request), id: request.id });
    }
    const body: ErrorBody = toErrorBody(known ?? error);
    reply.status(known?.httpStatus ?? 500).type("application/json").send(JSON.stringify(body));
  });
  api.setNotFoundHandler((request, reply) => {
    const error = new PlayheadError("not_found", `there is no ${request.method} ${pathOf(request)}`, { hint: "see /openapi.json" });
    reply.status(404).type("application/json").send(JSON.stringify(toErrorBody(error)));
  });
  return api;
}

/** Without the query, which may hold a key. */
function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? "/";
}

function asPlayheadError(error: FastifyError): PlayheadError | null {
  if (error instanceof PlayheadError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) => `${instancePath.slice(1) || "request"}: ${message}`);
    return new PlayheadError("validation_error", faults.join("; "), { detail: { faults }, cause: error });
  }
  if (error.statusCode === 413) return new PlayheadError("payload_too_large", `the body is over ${BODY_LIMIT_BYTES} bytes`, { cause: error });
  if (error.statusCode !== undefined && error.statusCode < 500) return new PlayheadError("invalid_request", error.message, { cause: error });
  return null;
}
