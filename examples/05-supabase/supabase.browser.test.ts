import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { open } from "playhead";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { startProject, startProjects } from "../../tests/servers/supabase/supabase-server.ts";
import { servePage } from "./serve-page.ts";

const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

/** A Playhead server of the test's own, told of the project by its environment. */
async function startPlayhead(environment: Readonly<Record<string, string>>) {
  const data = await mkdtemp(join(tmpdir(), "playhead-example-"));
  const args = ["--conditions=playhead-src", MAIN, "serve", "--data", data, "--port", "0", "--json"];
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { url, sign_in_url } = JSON.parse(line) as { readonly url: string; readonly sign_in_url: string };
  return { url: new URL(url).origin, key: new URL(sign_in_url, url).searchParams.get("key") ?? "" };
}

test("05: a page follows a job by Supabase, through a cut, to its end", async () => {
  const project = await startProject(await startProjects(onTestFinished), onTestFinished);
  const playhead = await startPlayhead({ PLAYHEAD_SUPABASE_DATABASE_URL: project.databaseUrl });
  const reporting = await open({ url: playhead.url, apiKey: playhead.key });
  onTestFinished(async () => void (await reporting.close()));
  const job = reporting.job({ kind: "import", title: "Episode 12" });
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const running = job.run(() => job.each(gates, { kind: "video", parallel: 1 }, (gate) => gate.promise));

  const server = await servePage({
    supabaseUrl: project.url,
    anonKey: project.anonKey,
    tokenOf: () => project.signIn({ tenant_id: "default" }),
    tenantId: "default",
    jobId: job.job_id,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const executablePath = process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  const text = (id: string) => page.locator(`#${id}`).textContent();
  await expect.poll(() => text("connection")).toBe("connected");
  gates[0]?.resolve();
  await expect.poll(() => page.locator("#bar").getAttribute("value")).toBe("25");
  expect(await text("title")).toBe("Episode 12");
  project.cutSockets();
  for (const gate of gates) gate.resolve();
  await running;
  await expect.poll(() => text("state")).toBe("completed");
  expect(await page.locator("#bar").getAttribute("value")).toBe("100");
  const told = await page.locator("#events li").allTextContents();
  expect(told.map((line) => Number.parseInt(line, 10))).toEqual(told.map((_, at) => at + 1));
  expect(told.at(-1)).toContain("session.completed");
  expect(faults).toEqual([]);
});
