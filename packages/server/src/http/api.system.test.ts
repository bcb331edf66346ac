import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, expectError } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { ROUTES as ALL_ROUTES } from "../../test/routes.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

/** Every route of the API, as its description names it. */
const ROUTES = ALL_ROUTES.filter(({ route }) => / \/(api|v1)\//.test(route)).map(({ route, needs }) => {
  const [method = "", path = ""] = route.replaceAll(/:(\w+)/g, "{$1}").split(" ");
  return { method, path, isPublic: needs === "public" };
});

describe("who asks", () => {
  test.each(ROUTES)("$method $path needs a key, unless it is public", async ({ method, path, isPublic }) => {
    const address = path.replaceAll(/\{\w+\}/g, "none");
    const answer = await server.ask(address, { method, headers: {} });
    if (isPublic) expect(answer.status).not.toBe(401);
    else await expectError(answer, 401, "unauthorized");
    const wrong = await server.ask(address, { method, headers: { authorization: "Bearer wrong" } });
    if (isPublic) expect(wrong.status).not.toBe(401);
    else await expectError(wrong, 401, "unauthorized");
  });

  test("media and pages that are not there are told apart: the first need a key", async () => {
    await expectError(await server.ask("/media/x/y.mp4", { headers: {} }), 401, "unauthorized");
    expect((await server.ask("/jobs/anything", { headers: {} })).status).toBe(200);
  });

  test("the session says who it is", async () => {
    expect(await bodyOf(server.ask("/api/v1/session"))).toEqual({
      role: "admin",
      tenant_id: "default",
      expires_at: null,
      time_zone: "UTC",
    });
  });
});

describe("the description of the API", () => {
  test("is OpenAPI 3.1, and lists every route with its answers", async () => {
    const document = await bodyOf(server.ask("/openapi.json", { headers: {} }));
    expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "Playhead", version: "1.2.3" } });
    const listed = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    for (const operation of operationsOf(document)) {
      expect(operation).toMatchObject({ summary: expect.any(String), responses: { default: expect.any(Object) } });
      expect(Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status))).toBe(true);
    }
  });

  test("refers to nothing that it does not hold, and names the parameters of each address", async () => {
    const document = await bodyOf(server.ask("/openapi.json", { headers: {} }));
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name as string,
    );
    expect(references.length).toBeGreaterThan(5);
    for (const name of references) expect(document.components.schemas).toHaveProperty([name]);
    for (const [path, item] of Object.entries(document.paths) as [
      string,
      Record<string, { parameters?: { name: string; in: string }[] }>,
    ][]) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(item)) {
        expect(parameters.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(wanted);
      }
    }
    expect(new Set(operationsOf(document).map(({ summary }) => summary)).size).toBe(ROUTES.length);
  });
});

function operationsOf(document: { paths: Record<string, Record<string, unknown>> }) {
  return Object.values(document.paths).flatMap(
    (item) => Object.values(item) as { summary: string; responses: Record<string, unknown> }[],
  );
}
