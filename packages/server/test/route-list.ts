import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance, RouteOptions } from "fastify";

const CHANNEL = "fastify.initialization";

/**
 * Every route that servers add while `start` runs, such as `GET /api/v1/jobs/:id`, as Fastify itself knows them; those
 * for HEAD that it makes of each GET are left out.
 */
export async function routesOf<Started>(start: () => Promise<Started>) {
  const routes = new Set<string>();
  const note = ({ method, url }: RouteOptions) => {
    for (const each of [method].flat()) if (each !== "HEAD") routes.add(`${each} ${url}`);
  };
  const watch = (message: unknown) => {
    (message as { readonly fastify: FastifyInstance }).fastify.addHook("onRoute", note);
  };
  subscribe(CHANNEL, watch);
  try {
    return { started: await start(), routes: [...routes].sort() };
  } finally {
    unsubscribe(CHANNEL, watch);
  }
}
