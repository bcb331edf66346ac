import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { open } from "playhead";
import { chromium, type Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { mintToken } from "./mint-token.ts";
import { createProduct } from "./product.ts";

const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

/** A Playhead server of the test's own. */
async function startPlayhead(): Promise<{ readonly url: string; readonly key: string }> {
  const data = await mkdtemp(join(tmpdir(), "playhead-example-"));
  const args = ["--conditions=playhead-src", MAIN, "serve", "--data", data, "--port", "0", "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
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

/** The product's page in a browser, for whoever has this session. */
async function openProduct(origin: string, session: string): Promise<{ readonly page: Page; readonly status: number }> {
  const executablePath = process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  await context.addCookies([{ name: "session", value: session, url: origin }]);
  const page = await context.newPage();
  const answer = await page.goto(origin);
  return { page, status: answer?.status() ?? 0 };
}

test("03: in your product, whoever is signed in sees their own job, live, and nobody sees the key", async () => {
  const playhead = await startPlayhead();
  const reporting = await open({ url: playhead.url, apiKey: playhead.key });
  onTestFinished(async () => void (await reporting.close()));
  const job = reporting.job({ kind: "import", title: "Episode 12", user_id: "ada" });
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const running = job.run(async () => {
    await job.each([...gates], { kind: "video", parallel: 1 }, (gate) => gate.promise);
  });

  let minted = 0;
  const product = await createProduct({
    playhead: playhead.url,
    jobs: new Map([["ada", job.job_id]]),
    mint: (jobId) => {
      minted += 1;
      return mintToken(playhead.url, playhead.key, jobId);
    },
  });
  product.listen(0, "127.0.0.1");
  await once(product, "listening");
  onTestFinished(() => {
    product.closeAllConnections();
    product.close();
  });
  const origin = `http://127.0.0.1:${(product.address() as AddressInfo).port}`;

  expect((await openProduct(origin, "bob")).status).toBe(401);
  const { page } = await openProduct(origin, "ada");
  const bar = page.getByRole("progressbar", { name: "Episode 12" });
  await bar.waitFor();
  await expect.poll(() => bar.getAttribute("aria-valuetext")).toMatch(/^running, 0 percent/);
  gates[0].resolve();
  await expect.poll(() => bar.getAttribute("aria-valuenow")).toMatch(/^[1-9]/);
  gates[1].resolve();
  await running;
  await expect.poll(() => bar.getAttribute("aria-valuetext")).toBe("done, 100 percent");
  expect(minted).toBeGreaterThan(0);
  expect(await page.content()).not.toContain(playhead.key);
});
