import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { timestamp } from "./schemas.ts";

const upload = z
  .object({
    upload_id: z.string(),
    name: z.string(),
    size_bytes: z.number(),
    sha256: z.string().meta({ description: "64 hex digits" }),
    created_at: timestamp,
    used_at: timestamp.meta({ description: "When a job was last submitted or started that names it" }),
  })
  .meta({ id: "Upload" });

type UploadInfo = z.output<typeof upload>;

export interface UploadRoutesDeps {
  readonly uploads: {
    /** @throws PlayheadError `payload_too_large`, `disk_full`, `input_empty` */
    take(
      tenantId: string,
      request: { readonly name: string; readonly body: Readable; readonly sizeBytes: number | null },
    ): Promise<UploadInfo>;
    list(tenantId: string): Promise<readonly UploadInfo[]>;
    /** @throws PlayheadError `not_found` */
    expect(tenantId: string, uploadId: string): Promise<UploadInfo>;
    fileOf(upload: UploadInfo): string;
    /** @throws PlayheadError `not_found`, `conflict` */
    remove(tenantId: string, uploadId: string): Promise<void>;
  };
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

const params = z.object({ upload_id: z.string().min(1).max(100) });

/** Files for jobs to work on: sent as they are, kept for a while. */
export function addUploadRoutes(api: Api, { uploads, audit }: UploadRoutesDeps): void {
  // In a scope of its own: here, and nowhere else, a body of any type is passed on as it comes.
  void api.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, body, done) => done(null, body));
    (scope as unknown as Api).post(
      "/api/v1/uploads",
      {
        config: { permission: "submit", streams: true, waits: true },
        schema: {
          summary: "Upload a file for jobs to work on",
          description: "The body is the file, of any content type. An input names it as `upload:<upload_id>`.",
          consumes: ["application/octet-stream"],
          querystring: z.strictObject({ name: z.string().min(1).max(500).meta({ description: "The file's name" }) }),
          body: z.unknown().meta({ description: "The file" }),
          response: { 201: upload },
        },
      },
      async (request, reply) => {
        const { tenantId, query, headers } = request;
        if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity") {
          throw new PlayheadError("invalid_request", "expected the file as it is, without a content-encoding");
        }
        const announced = Number(headers["content-length"] ?? Number.NaN);
        const taken = await uploads.take(tenantId, {
          name: query.name,
          body: request.body instanceof Readable ? request.body : Readable.from([]),
          sizeBytes: Number.isFinite(announced) ? announced : null,
        });
        await audit(request, "upload.created", taken.upload_id, tenantId);
        reply.status(201);
        return taken;
      },
    );
    done();
  });

  api.get(
    "/api/v1/uploads",
    {
      config: { permission: "submit" },
      schema: {
        summary: "List uploaded files, newest first",
        response: { 200: z.object({ uploads: z.array(upload) }) },
      },
    },
    async ({ tenantId }) => ({ uploads: [...(await uploads.list(tenantId))] }),
  );

  api.get(
    "/api/v1/uploads/:upload_id",
    {
      config: { permission: "report", waits: true },
      schema: {
        summary: "Read an uploaded file",
        description: "For workers elsewhere. `x-sha256` says what its content has to add up to.",
        params,
        response: { 200: z.unknown().meta({ description: "The file, as `application/octet-stream`" }) },
      },
    },
    async ({ params: { upload_id: uploadId }, tenantId }, reply) => {
      const found = await uploads.expect(tenantId, uploadId);
      // Whatever it is, no browser is to open it: it is for programs.
      reply
        .type("application/octet-stream")
        .header("content-disposition", "attachment")
        .header("content-security-policy", "default-src 'none'; sandbox")
        .header("cache-control", "no-store")
        .header("content-length", found.size_bytes)
        .header("x-sha256", found.sha256);
      return reply.send(createReadStream(uploads.fileOf(found)));
    },
  );

  api.delete(
    "/api/v1/uploads/:upload_id",
    {
      config: { permission: "submit" },
      schema: {
        summary: "Remove an uploaded file",
        params,
        response: { 200: z.object({ upload_id: z.string(), removed: z.literal(true) }) },
      },
    },
    async (request) => {
      const { upload_id } = request.params;
      await uploads.remove(request.tenantId, upload_id);
      await audit(request, "upload.removed", upload_id, request.tenantId);
      return { upload_id, removed: true as const };
    },
  );
}
