import { beforeAll, expect, test } from "vitest";
import { reportRunningJob } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

const ORIGIN = "https://product.example";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
  await reportRunningJob(server, "j");
});

test.each(["/api/v1/jobs/j", "/api/v1/jobs/j/poll?wait=0", "/api/v1/jobs/j/stream", "/api/v1/jobs/none"])(
  "a page of another origin that says a token reads %s, and asks before it does",
  async (path) => {
    const preflight = await server.ask(path, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization,last-event-id",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("last-event-id");
    const answer = await server.ask(path, { headers: { origin: ORIGIN, authorization: server.authorization } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    await answer.body?.cancel();
  },
);

test("without a token it reads nothing, and cookies do not speak for it", async () => {
  const signedIn = await server.post("/api/v1/session", { key: server.server.accessKey });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const answer = await server.ask("/api/v1/jobs/j", { headers: { origin: ORIGIN, cookie } });
  expect(answer.status).toBe(401);
  // A browser gives such an answer to no page that sent cookies.
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
});

test("the dashboard's own pages are for no other origin", async () => {
  const answer = await server.ask("/", { headers: { origin: ORIGIN } });
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
});
