import { PlayheadError } from "@playhead/core";
import type { Api, Caller } from "./api.ts";

export interface MetricsRouteDeps {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** Whether the caller is of those who run the server: the figures are of all tenants. */
  readonly runsServer: (caller: Caller) => boolean;
}

/** Where Prometheus looks. */
export function addMetricsRoute(api: Api, { contentType, text, runsServer }: MetricsRouteDeps): void {
  api.get(
    "/metrics",
    { config: { permission: "metrics" }, schema: { summary: "Figures for Prometheus", hide: true } },
    async ({ caller }, reply) => {
      if (!runsServer(caller)) {
        throw new PlayheadError("forbidden", "the server's figures are of all tenants; this key is of one of them", {
          hint: "use a key of the tenant default, such as: playhead keys create prometheus --role monitor",
        });
      }
      return reply
        .type(contentType)
        .serializer(String)
        .send(await text());
    },
  );
}
