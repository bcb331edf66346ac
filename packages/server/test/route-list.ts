import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance, RouteOptions } from "fastify";

/** For HEAD Fastify makes a route of each GET; OPTIONS says to browsers what other origins may ask, and nothing else. */
const OF_THE_PROTOCOL: ReadonlySet<string> = new Set(["HEAD", "OPTIONS"]);
const CHANNEL = "fastify.initialization";

/**
 * Every route that servers add while `start` runs, such as `GET /api/v1/jobs/:id`, as Fastify itself knows them.
 */
export async function routesOf<Started>(start: () => Promise<Started>) {
  const routes = new Set<string>();
  const note = ({ method, url }: RouteOptions) => {
    for (const each of [method].flat()) if (!OF_THE_PROTOCOL.has(each)) routes.add(`${each} ${url}`);
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
