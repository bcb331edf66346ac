import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { PlayheadError } from "@playhead/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import type { Api } from "./api.ts";
import { errorBody } from "./schemas.ts";

/** What was not taken of a request, though the rest was. */
interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

type Encoding = "json" | "protobuf";
type Signal = "traces" | "logs";

export interface OtlpRoutesDeps {
  /**
   * Takes a request as it was sent, unpacked; resolves when it is stored.
   * @throws PlayheadError `invalid_request`, `payload_too_large`, `service_unavailable`
   */
  readonly take: (
    tenantId: string,
    request: { readonly signal: Signal; readonly encoding: Encoding; readonly body: Uint8Array },
  ) => Promise<PartialSuccess | null>;
  readonly encodeAnswer: (signal: Signal, partial: PartialSuccess | null, encoding: Encoding) => Buffer;
  /** An error as `google.rpc.Status`. */
  readonly encodeStatus: (httpStatus: number, message: string) => Buffer;
}

const MAX_BYTES = 8 * 1024 * 1024;
const TYPES = { json: "application/json", protobuf: "application/x-protobuf" } as const;

const unzip = promisify(gunzip);

/** OTLP/HTTP: where OpenTelemetry's exporters and collectors send (docs/opentelemetry.md). */
export function addOtlpRoutes(api: Api, { take, encodeAnswer, encodeStatus }: OtlpRoutesDeps): void {
  // In a scope of its own: here JSON may be packed, and errors are told as OTLP has them.
  void api.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    const types = [TYPES.json, TYPES.protobuf];
    scope.addContentTypeParser(types, { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
    scope.addContentTypeParser("*", (_request, _body, parsed) => parsed(wrongType()));
    scope.addHook("onSend", async (request, reply, payload) => answerError(request, reply, payload, encodeStatus));
    for (const signal of ["traces", "logs"] as const) {
      (scope as unknown as Api).post(
        `/v1/${signal}`,
        {
          config: { permission: "report" },
          schema: {
            summary: `OpenTelemetry: take ${signal}`,
            description: "OTLP/HTTP, as JSON or protobuf, packed by gzip or not. Errors are `google.rpc.Status`.",
            consumes: types,
            body: z.unknown().meta({ description: `An Export${signal === "traces" ? "Trace" : "Logs"}ServiceRequest` }),
            response: {
              200: z.looseObject({ partialSuccess: z.looseObject({ errorMessage: z.string() }).optional() }),
              default: errorBody.extend({ code: z.number(), message: z.string() }),
            },
          },
        },
        async (request, reply) => {
          const encoding = encodingOf(request);
          const body = await unpack(request);
          const partial = await take(request.tenantId, { signal, encoding, body });
          return reply
            .type(TYPES[encoding])
            .serializer((bytes: Buffer) => bytes as unknown as string)
            .send(encodeAnswer(signal, partial, encoding) as never);
        },
      );
    }
    done();
  });
}

function encodingOf({ headers }: FastifyRequest): Encoding {
  return headers["content-type"]?.startsWith(TYPES.protobuf) === true ? "protobuf" : "json";
}

function wrongType(): PlayheadError {
  return new PlayheadError("invalid_request", `expected a body of type ${TYPES.protobuf} or ${TYPES.json}`);
}

async function unpack({ body, headers }: FastifyRequest): Promise<Buffer> {
  // A request without a body has no type either.
  if (!Buffer.isBuffer(body)) throw wrongType();
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "gzip") {
    throw new PlayheadError("invalid_request", `expected content-encoding gzip or none, got ${encoding}`);
  }
  try {
    return await unzip(body, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new PlayheadError("payload_too_large", `expected at most ${MAX_BYTES} bytes when unpacked`, {
        cause,
        hint: "send smaller batches, such as by OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
      });
    }
    throw new PlayheadError("invalid_request", "expected the body to be gzip, as its content-encoding says", { cause });
  }
}

/** Our errors, in the form in which senders of OTLP look for them: what we say of them stays beside it. */
async function answerError(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  encodeStatus: OtlpRoutesDeps["encodeStatus"],
): Promise<unknown> {
  if (reply.statusCode < 400 || typeof payload !== "string") return payload;
  const error = JSON.parse(payload) as { readonly error_message?: string };
  const message = error.error_message ?? "the request failed";
  if (encodingOf(request) === "json") return JSON.stringify({ code: reply.statusCode, message, ...error });
  const status = encodeStatus(reply.statusCode, message);
  reply.type(TYPES.protobuf);
  reply.header("content-length", status.byteLength);
  return status;
}
