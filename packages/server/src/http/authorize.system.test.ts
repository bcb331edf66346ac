import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { anyKind } from "../../test/any-kind.ts";
import { expectError } from "../../test/api.ts";
import { asHolder, makeKeys, makeToken, reportMarkedJob } from "../../test/credentials.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { routesOf } from "../../test/route-list.ts";
import { isAboutJob, type Need, ROUTES, type RouteRow, requestOf } from "../../test/routes.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

const HOLDERS = ["owner", "admin", "operator", "worker", "viewer", "monitor", "read token", "control token"] as const;
type Holder = (typeof HOLDERS)[number];

/** Who may what, written down once more: SPEC §17. */
const MAY: Readonly<Record<Need, readonly Holder[]>> = {
  public: HOLDERS,
  read: HOLDERS.filter((holder) => holder !== "monitor"),
  inspect: ["owner", "admin", "operator", "worker", "viewer"],
  control: ["owner", "admin", "operator", "control token"],
  submit: ["owner", "admin", "operator", "worker"],
  report: ["owner", "admin", "worker"],
  share: ["owner", "admin", "operator", "worker"],
  metrics: ["owner", "admin", "monitor"],
  admin: ["owner", "admin"],
};

let server: TestServer;
let routes: readonly string[];
let credentials: Readonly<Record<Holder, string>>;
const atEnd = atFileEnd();
beforeAll(async () => {
  ({ started: server, routes } = await routesOf(() => startTestServer({ atEnd, jobKinds: [anyKind("clips")] })));
  // Of the owner's own tenant: all of them see the job.
  const keys = await makeKeys(server, "default");
  for (const jobId of ["named", "unnamed"]) await reportMarkedJob(server, keys.worker, jobId, "ours");
  const token = async (verbs: string[]) => (await makeToken(server, keys.operator, "named", verbs)).token;
  credentials = {
    ...keys,
    owner: server.server.accessKey,
    "read token": await token(["read"]),
    "control token": await token(["control"]),
  };
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

const isToken = (holder: Holder) => holder.endsWith("token");
const ask = (row: RouteRow, jobId: string, credential: string | null) => {
  const { path, init } = requestOf(row, jobId, credential);
  return server.ask(path, init);
};

test("the table has every route of the server, and no other", () => {
  expect(ROUTES.map(({ route }) => route).sort()).toEqual(routes);
});

describe("who may not report submits jobs of known kinds, and nothing else", () => {
  const work = { input: {} };
  test.each<{ name: string; body: object; status: number }>([
    { name: "one of a known kind, with an input", body: { kind: "clips", ...work }, status: 201 },
    { name: "… in its metadata", body: { kind: "clips", metadata: work }, status: 201 },
    { name: "… whose input is wrong", body: { kind: "clips", input: { wrong: true } }, status: 422 },
    { name: "one without an input, of which somebody would have to report", body: { kind: "clips" }, status: 403 },
    { name: "one of a kind that nobody knows", body: { kind: "bulk", ...work }, status: 403 },
    { name: "one with tasks of its own", body: { kind: "clips", ...work, tasks: [] }, status: 403 },
    { name: "one with videos of its own", body: { kind: "clips", ...work, videos: [{ id: "v" }] }, status: 403 },
  ])("$name: $status", async ({ body, status }) => {
    const answer = await asHolder(server, credentials.operator).post("/api/v1/jobs", body);
    expect(answer.status).toBe(status);
    // Who may report may announce what it likes.
    const announced = await asHolder(server, credentials.worker).post("/api/v1/jobs", body);
    expect(announced.status).toBe(status === 403 ? 201 : status);
  });
});

describe("what each may, over HTTP", () => {
  const CASES = ROUTES.flatMap((row) => HOLDERS.map((holder) => ({ ...row, holder })));
  test.each(CASES)("$holder: $route", async ({ holder, ...row }) => {
    const answer = await ask(row, "named", credentials[holder]);
    const isOutside = isToken(holder) && row.needs !== "public" && !isAboutJob(row);
    if (!isOutside && MAY[row.needs].includes(holder)) {
      // Signing in with a key of nobody is a 401 of its own.
      if (row.needs !== "public") expect([401, 403]).not.toContain(answer.status);
      expect(answer.status).toBeLessThan(500);
      if (isAboutJob(row)) expect(answer.status).not.toBe(404);
    } else {
      await expectError(answer, 403, "forbidden");
    }
  });

  const GUARDED = ROUTES.filter(({ needs }) => needs !== "public");
  test.each(GUARDED)("nobody, and who has a wrong key: $route", async (row) => {
    for (const credential of [null, "wrong", `ph_0123456789abcdef_${"x".repeat(32)}`, "a.b.c"]) {
      await expectError(await ask(row, "named", credential), 401, "unauthorized");
    }
  });

  test.each(GUARDED.filter(({ route, noHead }) => route.startsWith("GET ") && !noHead))(
    "HEAD is guarded like $route",
    async (row) => {
      const head = { ...row, route: row.route.replace("GET", "HEAD") };
      expect((await ask(head, "named", null)).status).toBe(401);
      for (const holder of HOLDERS) {
        const [get, same] = [
          await ask(row, "named", credentials[holder]),
          await ask(head, "named", credentials[holder]),
        ];
        expect({ holder, status: same.status }).toEqual({ holder, status: get.status });
      }
    },
  );

  test.each(ROUTES.filter(isAboutJob))(
    "a token for another job finds none, as if it were not there: $route",
    async (row) => {
      for (const holder of ["read token", "control token"] as const) {
        const [known, absent] = [
          await ask(row, "unnamed", credentials[holder]),
          await ask(row, "nowhere", credentials[holder]),
        ];
        const message = await expectError(known.clone(), 404, "not_found");
        expect(message).toBe("there is no job unnamed");
        expect((await known.text()).replaceAll("unnamed", "nowhere")).toBe(await absent.text());
      }
    },
  );

  test("a token asks for no further token, nor does a key for more than it may itself", async () => {
    for (const holder of ["read token", "control token"] as const) {
      const answer = await asHolder(server, credentials[holder]).post("/api/v1/jobs/named/tokens");
      await expectError(answer, 403, "forbidden");
    }
    const worker = asHolder(server, credentials.worker);
    await expectError(await worker.post("/api/v1/jobs/named/tokens", { verbs: ["control"] }), 403, "forbidden");
    expect((await worker.post("/api/v1/jobs/named/tokens", { verbs: ["read"] })).status).toBe(201);
  });

  test.each(GUARDED)("the address is a place for a credential where the route says so: $route", async (row) => {
    const { tokenInQuery, needs } = row;
    const credential = isAboutJob(row) && needs !== "inspect" ? credentials["control token"] : credentials.owner;
    const { path, init } = requestOf(row, "named", null);
    const answer = await server.ask(`${path}${path.includes("?") ? "&" : "?"}token=${credential}`, init);
    if (!tokenInQuery) await expectError(answer, 401, "unauthorized");
    else expect([needs, answer.status]).toEqual(["read", 200]);
  });
});
