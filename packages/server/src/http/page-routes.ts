import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";

export interface PageRoutesDeps {
  /** Folder of the built dashboard. */
  readonly dashboardFolder: string;
  /** Folder of an id out of a media address; null for an unknown one. */
  readonly mediaFolder: (rootId: string) => string | null;
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

/** The dashboard's files, and the clips and pictures that jobs on this machine made. */
export async function addPageRoutes(api: Api, { dashboardFolder, mediaFolder }: PageRoutesDeps): Promise<void> {
  await api.register(fastifyStatic, { root: dashboardFolder, serve: false });

  api.get(
    "/media/:root/*",
    { schema: { hide: true, params: z.object({ root: z.string(), "*": z.string() }) } },
    async ({ params }, reply) => {
      const folder = mediaFolder(params.root);
      const file = params["*"];
      // send() takes care of ranges, and of paths that try to leave the folder.
      if (folder === null || !existsSync(join(folder, file))) throw new PlayheadError("not_found", "there is no such file");
      reply.header("content-security-policy", "default-src 'none'; media-src 'self'; sandbox");
      return reply.sendFile(file, folder, { cacheControl: false, dotfiles: "deny" });
    },
  );

  api.get("/*", { config: { permission: "public" }, schema: { hide: true, params: z.object({ "*": z.string() }) } }, async ({ params }, reply) => {
    const file = params["*"];
    reply.header("content-security-policy", CONTENT_SECURITY_POLICY).header("x-frame-options", "DENY");
    const isAsset = file.startsWith("assets/");
    if (isAsset) return reply.sendFile(file, { maxAge: "365d", immutable: true });
    if (file.startsWith("api/")) throw new PlayheadError("not_found", `there is no GET /${file}`, { hint: "see /openapi.json" });
    const isFile = file !== "" && !file.includes("..") && existsSync(join(dashboardFolder, file));
    if (!existsSync(join(dashboardFolder, "index.html"))) {
      throw new PlayheadError("service_unavailable", "the dashboard has not been built", { hint: "run node scripts/build-dashboard.mjs" });
    }
    // Pages are told apart in the browser: every other address is the one page.
    return reply.sendFile(isFile ? file : "index.html", { cacheControl: false });
  });
}
