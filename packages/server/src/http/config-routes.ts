import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api, Caller } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { timestamp } from "./schemas.ts";

const origin = z.object({
  kind: z.enum(["default", "file", "environment", "flag"]),
  name: z.string().nullable().meta({ description: "The file, the variable, the flag" }),
});

const setting = z
  .object({
    key: z.string().meta({ description: "Its path in the file, with dots" }),
    section: z.string(),
    description: z.string(),
    value: z.unknown().meta({ description: "What is in force; null for nothing, and for a secret" }),
    configured: z.unknown().meta({ description: "What holds after a restart" }),
    default: z.unknown(),
    is_secret: z.boolean(),
    is_set: z.boolean(),
    origin,
    reloadable: z.boolean().meta({ description: "Whether a change holds at once; else from the next start on" }),
    unit: z.string().nullable(),
    environment: z.array(z.string()).readonly().meta({ description: "Variables that set it" }),
    schema: z.record(z.string(), z.unknown()).meta({ description: "What is allowed, as JSON Schema" }),
  })
  .meta({ id: "Setting" });

const configuration = z
  .object({
    file: z.string().nullable().meta({ description: "Its path; null for a server that was started without one" }),
    revision: z.string().meta({ description: "Names what the file holds: for If-Match" }),
    settings: z.array(setting).readonly(),
    waiting_for_restart: z.array(z.string()).readonly().meta({ description: "Settings that the next start changes" }),
    refused: z
      .object({ at: timestamp, message: z.string(), faults: z.array(z.string()).readonly() })
      .nullable()
      .meta({ description: "Why what the file holds now does not hold; null while it does" }),
  })
  .meta({ id: "Configuration" });

type Configuration = z.output<typeof configuration>;

export interface ConfigRoutesDeps {
  readonly read: () => Configuration;
  /** Changes the file, and what is in force; written down with who did it. */
  readonly change: (
    request: AuditedRequest,
    edit: { readonly patch: Readonly<Record<string, unknown>>; readonly revision: string | null },
  ) => Promise<void>;
  /** Whether the server is the caller's affair, and not only a tenant. */
  readonly mayConfigure: (caller: Caller) => boolean;
  readonly jsonSchema: object;
}

/** What the server was told to do: read and changed by its admins; and what can be told, for editors. */
export function addConfigRoutes(api: Api, { read, change, mayConfigure, jsonSchema }: ConfigRoutesDeps): void {
  const check = (caller: Caller) => {
    if (mayConfigure(caller)) return;
    throw new PlayheadError("forbidden", "this key administers its own tenant only", {
      hint: "the configuration is the server's: it takes the access key, or an admin of the default tenant",
    });
  };

  api.get("/config.schema.json", { config: { permission: "public" }, schema: { hide: true } }, async (_, reply) =>
    reply.header("cache-control", "no-cache").type("application/schema+json").send(jsonSchema),
  );

  api.get(
    "/api/v1/config",
    {
      config: { permission: "admin" },
      schema: { summary: "Read the configuration, and where each value comes from", response: { 200: configuration } },
    },
    async ({ caller }, reply) => {
      check(caller);
      const answer = read();
      reply.header("etag", `"${answer.revision}"`);
      return answer;
    },
  );

  api.addContentTypeParser(
    "application/merge-patch+json",
    { parseAs: "string" },
    api.getDefaultJsonParser("error", "error"),
  );
  api.patch(
    "/api/v1/config",
    {
      config: { permission: "admin" },
      schema: {
        summary: "Change the configuration file, and what is in force",
        description: "A JSON merge patch (RFC 7396) of the file: what is null goes back to its default.",
        headers: z.object({ "if-match": z.string().max(200).optional() }),
        body: z.record(z.string(), z.unknown()),
        response: { 200: configuration },
      },
    },
    async (request, reply) => {
      check(request.caller);
      const match = request.headers["if-match"];
      const revision = match === undefined || match === "*" ? null : match.replaceAll(/^"|"$/g, "");
      await change(request, { patch: request.body, revision });
      const answer = read();
      reply.header("etag", `"${answer.revision}"`);
      return answer;
    },
  );
}
