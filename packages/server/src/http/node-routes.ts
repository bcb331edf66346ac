import * as z from "zod";
import type { Api } from "./api.ts";

export interface NodeRoutesDeps {
  /** What the node is called, and what it does about the engine. */
  readonly node: () => { readonly name: string; readonly role: string };
  /** Who has the engine, as far as the node knows; null while it knows of nobody. */
  readonly engine: () => { readonly holder: string; readonly term: number } | null;
  readonly isReady: () => boolean;
}

const standing = z.object({
  status: z.enum(["pass", "fail"]),
  node: z.object({ name: z.string(), role: z.string() }),
  engine: z.object({ holder: z.string(), term: z.number() }).nullable(),
});

/**
 * What a node of a cluster says of itself. How all of it is, the engine says. A node without an engine to turn to is ready
 * all the same: its viewers see what there is to see, and whoever reports tries again.
 */
export function addNodeRoutes(api: Api, { node, engine, isReady }: NodeRoutesDeps): void {
  const told = () => ({ node: node(), engine: engine() });
  const config = { permission: "public" } as const;
  const schema = { summary: "Whether this node answers, and what it does", response: { 200: standing, 503: standing } };
  api.get("/api/v1/monitoring/health/live", { config, schema }, async () => ({ status: "pass" as const, ...told() }));
  api.get("/api/v1/monitoring/health/ready", { config, schema }, async (_request, reply) => {
    const ready = isReady();
    reply.status(ready ? 200 : 503);
    return { status: ready ? ("pass" as const) : ("fail" as const), ...told() };
  });
}
