import { fastify } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import type { Api } from "./api.ts";
import { addAuthorization } from "./authorize.ts";

/** Two routes behind the real hook; the caller's name comes back from where the credential was found. */
function setup() {
  const api = fastify() as unknown as Api;
  onTestFinished(() => api.close());
  addAuthorization(api, {
    authenticate: async ({ authorization }, { queryToken }) => ({
      tenantId: queryToken ?? authorization ?? "nobody",
      role: "viewer",
      jobIds: null,
      expiresAtMs: null,
      credentialId: "c",
    }),
    admit: () => undefined,
    mayDo: () => true,
  });
  api.get("/api/v1/jobs/:id/stream", { config: { tokenInQuery: true } }, async ({ tenantId }) => tenantId);
  api.get("/api/v1/jobs/:id", async ({ tenantId }) => tenantId);
  return async (url: string) => (await api.inject({ url, headers: { authorization: "header" } })).body;
}

test("the address is looked at for a credential where the route says so, and nowhere else", async () => {
  const ask = setup();
  expect(await ask("/api/v1/jobs/j/stream?token=address")).toBe("address");
  expect(await ask("/api/v1/jobs/j/stream?token=first&token=second")).toBe("first");
  expect(await ask("/api/v1/jobs/j/stream")).toBe("header");
  expect(await ask("/api/v1/jobs/j?token=address")).toBe("header");
});
