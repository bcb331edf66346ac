import * as z from "zod";
import type { Api } from "./api.ts";

export interface NodeRoutesDeps {
  /** What the node is called, and what it does about the engine. */
  readonly node: () => { readonly name: string; readonly role: string };
  /** Who has the engine, as far as the node knows; null while it knows of nobody. */
  readonly engine: () => { readonly holder: string; readonly term: number } | null;
  /** Which of them answer this node. */
  readonly reaches: () => { readonly postgresql: boolean; readonly redis: boolean; readonly engine: boolean };
  /** Why it takes no work; null when it does. */
  readonly whyNotReady: () => string | null;
}

const standing = z.object({
  status: z.enum(["pass", "fail"]),
  reason: z.string().optional().meta({ description: "Why it takes no work" }),
  node: z.object({ name: z.string(), role: z.string() }),
  engine: z.object({ holder: z.string(), term: z.number() }).nullable(),
  reaches: z.object({ postgresql: z.boolean(), redis: z.boolean(), engine: z.boolean() }),
});

/**
 * What a node of a cluster says of itself. How all of it is, the engine says. A node without an engine to turn to is ready
 * all the same: its viewers see what there is to see, and whoever reports tries again.
 */
export function addNodeRoutes(api: Api, { node, engine, reaches, whyNotReady }: NodeRoutesDeps): void {
  const told = () => ({ node: node(), engine: engine(), reaches: reaches() });
  const config = { permission: "public" } as const;
  const schema = { summary: "Whether this node answers, and what it does", response: { 200: standing, 503: standing } };
  api.get("/api/v1/monitoring/health/live", { config, schema }, async () => ({ status: "pass" as const, ...told() }));
  api.get("/api/v1/monitoring/health/ready", { config, schema }, async (_request, reply) => {
    const reason = whyNotReady();
    reply.status(reason === null ? 200 : 503);
    if (reason === null) return { status: "pass" as const, ...told() };
    return { status: "fail" as const, reason, ...told() };
  });
}
