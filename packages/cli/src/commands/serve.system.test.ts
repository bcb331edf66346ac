import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { oddFolder, playhead, startPlayhead, startServer } from "../../test/playhead-process.ts";

test("the link signs in, other processes find the server, and SIGTERM leaves the folder free", async () => {
  const data = join(oddFolder(), "data");
  const server = startPlayhead(["serve", "--port", "0", "--data", data]);
  const [, link = ""] = await server.line(/^ {2}Sign in {2}(http:\S+)$/);
  await server.line(/^Ctrl-C stops it\.$/);

  const { origin, searchParams } = new URL(link);
  const body = JSON.stringify({ key: searchParams.get("key") });
  const signedIn = await fetch(`${origin}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  const session = await fetch(`${origin}/api/v1/session`, { headers: { cookie } });
  expect(await session.json()).toMatchObject({ role: "admin" });

  const announced = join(data, "server.json");
  expect(JSON.parse(readFileSync(announced, "utf8"))).toMatchObject({ url: origin });
  expect(statSync(announced).mode & 0o777).toBe(0o600);

  server.signal("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0, stderr: [] });
  expect(existsSync(announced)).toBe(false);
  const next = await startServer(data);
  expect(next.signInUrl).toContain(searchParams.get("key"));
});

test("with --json every line is JSON, and the last one says by what it was stopped", async () => {
  const server = await startServer(join(oddFolder(), "data"));
  server.signal("SIGINT");
  const { code, stdout, stderr } = await server.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  expect(stdout.map((line) => JSON.parse(line).type)).toEqual(["serving", "stopped"]);
});

test("a second server on the same data is told in one line which one has it", async () => {
  const data = join(oddFolder(), "data");
  const { url } = await startServer(data);
  const { code, stderr, stdout } = await playhead(["serve", "--port", "0", "--data", data]);
  expect(code).toBe(3);
  expect(stdout).toEqual([]);
  expect(stderr).toEqual([
    expect.stringMatching(
      /^playhead: another Playhead is using the data in .+\. It serves on http:\S+: use that one, stop it, or .+\.$/,
    ),
  ]);
  expect(stderr[0]).toContain(url);
});

test("a busy port is one line, and leaves the data free", async () => {
  const data = join(oddFolder(), "data");
  const busy = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void busy.close());
  await new Promise((resolve) => busy.once("listening", resolve));
  const address = busy.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const { code, stderr } = await playhead(["serve", "--port", port, "--data", data]);
  expect(code).toBe(3);
  expect(stderr).toEqual([expect.stringMatching(new RegExp(`^playhead: 127\\.0\\.0\\.1:${port} is in use\\. `))]);
  await startServer(data);
});

test("a wrong configuration names every fault, with --json too", async () => {
  const folder = oddFolder();
  const config = join(folder, "settings.json");
  writeFileSync(config, JSON.stringify({ prot: 8765, secret: "short" }));
  const args = ["serve", "--config", config, "--port", "eighty"];
  const { code, stderr } = await playhead(args, { environment: { PLAYHEAD_ADMIN_KEY: "short" } });
  expect(code).toBe(2);
  expect(stderr).toHaveLength(1);
  for (const name of ["prot", "secret", "port (--port)", "admin_key (PLAYHEAD_ADMIN_KEY)"])
    expect(stderr[0]).toContain(name);

  const asJson = await playhead([...args, "--json"]);
  expect(asJson).toMatchObject({ code: 2, stdout: [] });
  expect(JSON.parse(asJson.stderr.join("\n"))).toMatchObject({
    error_code: "config_invalid",
    detail: { faults: expect.any(Array) },
  });
});

test("a data folder that cannot be one is one line", async () => {
  const folder = oddFolder();
  mkdirSync(join(folder, "there"));
  writeFileSync(join(folder, "there", "file"), "");
  const { code, stderr } = await playhead(["serve", "--port", "0", "--data", join(folder, "there", "file")]);
  expect(code).toBe(3);
  expect(stderr).toEqual([expect.stringMatching(/^playhead: .+\. .+\.$/)]);
});

test("after a kill the next start takes the folder over", async () => {
  const data = join(oddFolder(), "data");
  const first = await startServer(data);
  first.signal("SIGKILL");
  await first.ended;
  expect(await playhead(["health", "--data", data])).toMatchObject({ code: 4 });
  const second = await startServer(data);
  expect(await playhead(["health", "--data", data])).toMatchObject({ code: 0 });
  expect(second.url).not.toBe("");
});
