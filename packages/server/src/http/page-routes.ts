import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";

/** A file that may be shown: its folder, and its path within. */
export interface ShownFile {
  readonly folder: string;
  readonly path: string;
}

export interface PageRoutesDeps {
  /** Folder of the built dashboard. */
  readonly dashboardFolder: string;
  /**
   * The file of a media address; null for one that is not there, not to be shown, or another tenant's.
   * @defaultValue such addresses are not answered here
   */
  readonly mediaFile?: (tenantId: string, rootId: string, path: string) => Promise<ShownFile | null>;
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");
/** A file that a job made may be anything; as a page of its own it may do nothing. */
export const MEDIA_SECURITY_POLICY = "default-src 'none'; media-src 'self'; sandbox";

/** The dashboard's files, and the clips and pictures that jobs on this machine made. */
export async function addPageRoutes(api: Api, { dashboardFolder, mediaFile }: PageRoutesDeps): Promise<void> {
  await api.register(fastifyStatic, { root: dashboardFolder, serve: false });
  const params = z.object({ "*": z.string() });
  // Who waits for a job gets a page of its own, which is small, and asks for no sign-in.
  const pageOf = (path: string) => (path.startsWith("share/") ? "share.html" : "index.html");

  if (mediaFile !== undefined) addMediaRoute(api, mediaFile);

  api.get("/*", { config: { permission: "public" }, schema: { hide: true, params } }, async (request, reply) => {
    const file = request.params["*"];
    if (file.startsWith("api/") || file.startsWith("media/")) {
      throw new PlayheadError("not_found", `there is no GET /${file}`, { hint: "see /openapi.json" });
    }
    reply.header("content-security-policy", CONTENT_SECURITY_POLICY).header("x-frame-options", "DENY");
    if (file.startsWith("assets/")) return reply.sendFile(file, { maxAge: "365d", immutable: true });
    if (!existsSync(join(dashboardFolder, pageOf(file)))) {
      throw new PlayheadError("service_unavailable", "the dashboard has not been built", {
        hint: "run node scripts/build-dashboard.mjs",
      });
    }
    const isFile = file !== "" && !file.split(/[\\/]/).includes("..") && existsSync(join(dashboardFolder, file));
    // Pages are told apart in the browser: every other address is the one page, or the one that is shared.
    return reply.sendFile(isFile ? file : pageOf(file), { cacheControl: false });
  });
}

function addMediaRoute(api: Api, mediaFile: NonNullable<PageRoutesDeps["mediaFile"]>): void {
  const params = z.object({ "*": z.string(), root: z.string() });
  api.get("/media/:root/*", { schema: { hide: true, params } }, async (request, reply) => {
    const file = await mediaFile(request.tenantId, request.params.root, request.params["*"]);
    if (file === null) throw new PlayheadError("not_found", "there is no such file");
    reply.header("content-security-policy", MEDIA_SECURITY_POLICY);
    // It is asked for again each time, and sent again when it changed.
    reply.header("cache-control", "private, no-cache");
    return reply.sendFile(file.path, file.folder, { cacheControl: false, dotfiles: "deny" });
  });
}
