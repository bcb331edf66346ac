import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { bodyOf, expectError, line, reportRunningJob } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd, file: {} });
  await reportRunningJob(server, "ours");
  await reportRunningJob(server, "another");
});
afterEach(() => {
  expect(server.complaints).toEqual([]);
});

interface Share {
  readonly url: string;
  readonly token: string;
  readonly token_id: string;
  readonly expires_at: string;
}

const share = (body?: object) => server.post("/api/v1/jobs/ours/share", body);
const holding = ({ token }: Share) => ({ headers: { authorization: `Bearer ${token}` } });

test("a link opens its job and nothing else, until it is taken back; and it is written down", async () => {
  const answer = await share();
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "no-store"]);
  const made = (await answer.json()) as Share;
  expect(made.url).toBe(`${server.server.url}/share/ours#${made.token}`);
  const lifeDays = (Date.parse(made.expires_at) - Date.now()) / 86_400_000;
  expect(Math.round(lifeDays)).toBe(7);

  const page = await server.ask(new URL(made.url).pathname, { headers: {} });
  expect(await page.text()).toBe("<!doctype html><title>A job</title>");
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
  expect(await bodyOf(server.ask("/api/v1/jobs/ours", holding(made)))).toMatchObject({ job_id: "ours" });
  await expectError(await server.ask("/api/v1/jobs/another", holding(made)), 404, "not_found");
  const cancel = { ...holding(made), method: "POST" };
  await expectError(await server.ask("/api/v1/jobs/ours/cancel", cancel), 403, "forbidden");

  await server.ask(`/api/v1/tokens/${made.token_id}`, { method: "DELETE" });
  await expectError(await server.ask("/api/v1/jobs/ours", holding(made)), 401, "unauthorized");
  const audited = await bodyOf(server.ask("/api/v1/audit"));
  expect(audited).toMatchObject({ entries: [{ action: "token.revoked" }, { action: "job.shared", target: "ours" }] });
});

test("a link lives as long as was asked for, within bounds", async () => {
  const made = (await (await share({ expires_in_seconds: 600 })).json()) as Share;
  expect(Math.abs(Date.parse(made.expires_at) - Date.now() - 600_000)).toBeLessThan(60_000);
  for (const seconds of [59, 31 * 86_400]) {
    await expectError(await share({ expires_in_seconds: seconds }), 422, "validation_error");
  }
});

test("a link begins with the address at which people reach the server, as soon as it is known", async () => {
  const patch = (public_url: string) =>
    server.ask("/api/v1/config", {
      method: "PATCH",
      headers: { authorization: server.authorization, "content-type": "application/json" },
      body: JSON.stringify({ public_url }),
    });
  expect((await patch("https://playhead.example/")).status).toBe(200);
  const made = (await (await share()).json()) as Share;
  expect(made.url).toMatch(/^https:\/\/playhead\.example\/share\/ours#ey/);
});

test("of the files here it opens the pictures of its job, and no others", async () => {
  const folder = join(server.folder, "clips");
  mkdirSync(folder);
  const urlOf = (name: string) => {
    writeFileSync(join(folder, name), name);
    server.server.media.add(folder);
    return server.server.media.urlOf(join(folder, name)) ?? "";
  };
  const [still, video, foreign] = [urlOf("a b.jpg"), urlOf("a.mp4"), urlOf("other.jpg")];
  const artifact = (type: string, name: string, url: string) => ({ artifact: { type, name, url } });
  await server.report([
    line(6, "job.artifact_added", "ours", artifact("thumbnail", "a b.jpg", still)),
    line(7, "job.artifact_added", "ours", artifact("video", "a.mp4", video)),
    line(6, "job.artifact_added", "another", artifact("thumbnail", "other.jpg", foreign)),
  ]);
  const made = (await (await share()).json()) as Share;
  const preview = (url: string) =>
    server.ask(`/api/v1/jobs/ours/preview?url=${encodeURIComponent(url)}`, holding(made));
  const shown = await preview(still);
  expect([shown.status, shown.headers.get("content-type"), await shown.text()]).toEqual([200, "image/jpeg", "a b.jpg"]);
  expect(shown.headers.get("content-security-policy")).toContain("sandbox");
  for (const url of [video, foreign, `${still}?x`, "/media/%", "https://elsewhere.example/a.jpg"]) {
    expect((await preview(url)).status).toBe(204);
  }
  await expectError(await server.ask(still, holding(made)), 403, "forbidden");
});
