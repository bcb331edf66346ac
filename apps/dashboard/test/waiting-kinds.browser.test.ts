import { afterAll, expect, onTestFinished, test } from "vitest";
import { startRedisServer } from "../../../tests/servers/redis-server.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

async function post(server: DashboardServer, path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${server.key}`, "content-type": "application/json" };
  const answer = await fetch(`${server.origin}/api/v1/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

test("what waits to begin, and what for, is on the overview, with the queue that hands it out, and how that is", async () => {
  const redis = await startRedisServer(onTestFinished);
  const settings = { PLAYHEAD_QUEUE: "bullmq", PLAYHEAD_QUEUE_REDIS_URL: `unix://${redis.socket}` };
  const server = await startDashboardServer(settings);
  onTestFinished(() => server.close());
  const { page, complaints } = await openDashboard({}, server);
  await page.getByRole("heading", { name: "Nothing has run here yet" }).waitFor();
  for (const kind of ["transcribe", "transcribe", "index"]) await post(server, "jobs", { kind });

  const panel = page.getByRole("region", { name: "Waiting" });
  const line = (kind: string) => panel.getByRole("listitem").filter({ hasText: kind });
  await line("transcribe").getByText("2 waiting").waitFor();
  await line("transcribe").getByText("no worker offers it").waitFor();
  await line("index").getByText("1 waiting").waitFor();
  await panel.getByText("by BullMQ").waitFor();
  await redis.kill();
  await panel.getByText("BullMQ’s Redis is away").waitFor();
  await redis.start();
  await panel.getByText("by BullMQ").waitFor();
  await panel.getByRole("link", { name: "transcribe" }).click();
  await page.getByRole("heading", { level: 1, name: /jobs/i }).waitFor();
  expect(complaints).toEqual([]);
});
