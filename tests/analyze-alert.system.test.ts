import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Alert } from "@playhead/core";
import { runAnalyze } from "@playhead/pipelines";
import { createLocalTransport, createPlayhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { createTestFolder } from "./fixtures/video.ts";

const folder = createTestFolder();
afterAll(() => folder.remove());

/** A platform on this machine that answers always with the same. */
async function startPlatform(status: number, body: string) {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function setup() {
  const engine = await createEngine({ dataFolder: folder.at("data"), log: () => undefined });
  const playhead = createPlayhead({ transport: createLocalTransport(engine.local) });
  onTestFinished(async () => {
    await playhead.close();
    await engine.close();
  });
  return { engine, playhead };
}

test("a platform that fails raises the alert that comes with the server, by its name", async () => {
  const { engine, playhead } = await setup();
  const fired = async () => {
    const answer = (await engine.local.read?.("alerts", { rule_id: "builtin-fetch-failed" })) as { alerts: Alert[] };
    return answer.alerts.map(({ state, labels }) => `${state} ${labels.platform}`).toSorted();
  };
  const quota = { error: { code: 403, message: "x", errors: [{ reason: "quotaExceeded" }] } };
  const options = { outDir: folder.at("out"), registryDir: join(folder.at("data"), "runs") };
  const youtube = await runAnalyze(playhead, {
    ...options,
    source: { kind: "youtube", target: { kind: "playlist", playlistId: "PL1" } },
    youtubeKey: "key",
    youtubeUrl: await startPlatform(403, JSON.stringify(quota)),
  });
  expect(youtube).toMatchObject({ state: "failed", error: { code: "source_refused" } });
  const url = await startPlatform(404, "");
  const feed = await runAnalyze(playhead, { ...options, source: { kind: "feed", url }, allowPrivate: true });
  expect(feed).toMatchObject({ state: "failed", error: { code: "source_refused" } });
  await playhead.flush();
  // Nor is it the platform's failure when somebody no longer wants to wait for it.
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.2", resolve));
  onTestFinished(() => void silent.close());
  const impatient = new AbortController();
  silent.on("request", () => impatient.abort());
  const silentUrl = `http://127.0.0.2:${(silent.address() as AddressInfo).port}`;
  const canceled = await runAnalyze(playhead, {
    ...{ ...options, allowPrivate: true, signal: impatient.signal },
    source: { kind: "feed", url: silentUrl },
  });
  expect(canceled.state).toBe("canceled");
  // What fails in a job of a platform's clips without the platform having a part in it raises nothing of the kind.
  const broken = folder.at("clips");
  mkdirSync(broken);
  writeFileSync(join(broken, "a.mp4"), "text\n".repeat(99));
  await runAnalyze(playhead, { ...options, source: { kind: "folder", path: broken } });
  await playhead.flush();
  await vi.waitFor(async () => expect(await fired()).toEqual(["firing 127.0.0.1", "firing youtube"]), {
    timeout: 60_000,
  });
});
