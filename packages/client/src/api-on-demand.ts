import { PlayheadError } from "@playhead/core";
import type { Api } from "./api.ts";
import type { RequestOptions } from "./http-request.ts";
import { onDemand } from "./on-demand.ts";

/**
 * The server's HTTP interface, whose code is fetched when it is first called: a page that only follows a job over a
 * WebSocket never needs it.
 */
export function apiOnDemand(options: RequestOptions): Api {
  const load = onDemand(async () => (await import("./api.ts")).createApi(options));

  async function call(name: keyof Api, given: readonly unknown[]): Promise<unknown> {
    const api = await load().catch((cause) => {
      throw new PlayheadError("server_unreachable", "the code that asks the server could not be loaded", { cause });
    });
    return (api[name] as (...args: readonly unknown[]) => Promise<unknown>)(...given);
  }

  return new Proxy({} as Api, {
    get(_, name) {
      // Whoever awaits it, or prints it, looks for what it has not.
      if (typeof name === "symbol" || name === "then") return undefined;
      return (...given: readonly unknown[]) => call(name as keyof Api, given);
    },
  });
}
