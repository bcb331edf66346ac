import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { build, defaultClientConditions } from "vite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { HydratedPage } from "../fixtures/hydrated-page.tsx";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

let browser: Browser;
let origin: string;
const close: (() => unknown)[] = [];

/** What the page loads, by its path. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    root: path.resolve(import.meta.dirname, "../fixtures"),
    configFile: false,
    logLevel: "error",
    mode: "development",
    define: { "process.env.NODE_ENV": '"development"' },
    resolve: { conditions: ["playhead-src", ...defaultClientConditions] },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: "hydrate.tsx", output: { entryFileNames: "page.js" } },
    },
  });
  const outputs = [built].flat().flatMap((each) => ("output" in each ? each.output : []));
  return new Map(outputs.map((chunk) => [`/${chunk.fileName}`, "code" in chunk ? chunk.code : ""]));
}

beforeAll(async () => {
  const files = await bundle();
  const server = createServer((request, response) => {
    const script = files.get(request.url ?? "");
    if (script !== undefined) return void response.setHeader("content-type", "text/javascript").end(script);
    if (request.url !== "/") return void response.writeHead(404).end();
    const html = renderToString(createElement(HydratedPage, { url: origin }));
    const head = `<meta charset="utf-8"><title>Product</title><link rel="icon" href="data:,">`;
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><html lang="en"><head>${head}</head><body><div id="root">${html}</div><script type="module" src="/page.js"></script></body></html>`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
  });
});

afterAll(async () => {
  await browser.close();
  for (const each of close) each();
});

async function openPage(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(origin);
  // Taken over: what is followed has begun to connect.
  await page.locator("[data-connection]:not([data-connection=idle])").first().waitFor();
  return page;
}

test("what a server rendered is taken over as it is, without a mismatch", async () => {
  const page = await openPage();
  expect(await page.evaluate("complaints")).toEqual([]);
  expect(await page.getByRole("progressbar", { name: "Running" }).getAttribute("aria-valuenow")).toBe("42");
});

test("a server that does not answer is said so", async () => {
  const page = await openPage();
  await page.getByText("the server does not answer; trying again").first().waitFor();
});

test("a screen reader is told of each quarter and of the end, and of nothing in between", async () => {
  const page = await openPage();
  const region = page.getByRole("region", { name: "Moving" });
  const said = await region.evaluate(async (section) => {
    const heard: string[] = [];
    const status = section.querySelector("[role=status]") as HTMLElement;
    new MutationObserver(() => heard.push(status.textContent)).observe(status, {
      characterData: true,
      childList: true,
      subtree: true,
    });
    for (let pressed = 0; pressed < 100; pressed++) {
      section.querySelector("button")?.click();
      await new Promise(requestAnimationFrame);
    }
    return heard;
  });
  expect(said).toEqual([
    "Moving: running, 25 percent",
    "Moving: running, 50 percent",
    "Moving: running, 75 percent",
    "Moving: done, 100 percent",
  ]);
});

test("a component that goes on to another job asks for that job's token, though its function is new each time", async () => {
  const page = await openPage();
  const asked = () => page.evaluate("[...new Set(asked)]");
  await expect.poll(asked).toEqual(["job_a"]);
  await page.getByRole("button", { name: "Another" }).click();
  await expect.poll(asked).toEqual(["job_a", "job_b"]);
});

test.each(["light", "dark"] as const)("nothing that axe knows of is wrong with it (%s)", async (colorScheme) => {
  const page = await openPage({ colorScheme });
  await page.addStyleTag({ content: ":root { color-scheme: light dark }" });
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

test.each([
  { reducedMotion: "reduce", expected: "" },
  { reducedMotion: "no-preference", expected: "transform var(--playhead-glide, 200ms) linear" },
] as const)("the bar glides only for who has not asked for less motion ($reducedMotion)", async (wish) => {
  const page = await openPage({ reducedMotion: wish.reducedMotion });
  const bar = page.getByRole("progressbar", { name: "Running" }).locator("div");
  await expect.poll(() => bar.evaluate((element) => element.style.transition)).toBe(wish.expected);
});
