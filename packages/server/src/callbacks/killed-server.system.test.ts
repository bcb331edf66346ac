import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { line } from "../../test/api.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { startReceiver } from "../../test/webhook-receiver.ts";

const SCRIPT = fileURLToPath(new URL("../../fixtures/serve-until-killed.ts", import.meta.url));

/** The real server in a process of its own. */
async function startProcess(data: string) {
  const child = spawn(process.execPath, ["--conditions=playhead-src", SCRIPT, data], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  const [text] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url, key } = JSON.parse(text) as { readonly url: string; readonly key: string };
  return {
    kill,
    post: (path: string, type: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${url}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": type, ...headers },
        body: JSON.stringify(body),
      }),
    read: async (path: string) =>
      (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } })).json(),
  };
}

test("a server that is killed while it calls, calls again when it is back; a key of before is still known", async () => {
  const data = tempFolder();
  // The first answer never comes.
  const receiver = await startReceiver(() => undefined, 204);
  const body = { kind: "bulk", videos: [{ title: "Row 1" }], callback_url: receiver.url };
  const create = (server: Awaited<ReturnType<typeof startProcess>>) =>
    server.post("/api/v1/jobs", "application/json", body, { "idempotency-key": "once" });

  const killed = await startProcess(data);
  const text = await (await create(killed)).text();
  const { job_id } = JSON.parse(text) as { readonly job_id: string };
  await killed.post(
    "/api/v1/events",
    "application/x-ndjson",
    line(1, "job.failed", job_id, { error_code: "disk_full" }),
  );
  await receiver.got(1);
  await killed.kill();

  const back = await startProcess(data);
  const again = await create(back);
  expect([await again.text(), again.headers.get("idempotency-replayed")]).toEqual([text, "true"]);
  const [first, second] = await receiver.got(2);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.text).toBe(first?.text);
  await expect
    .poll(() => back.read(`/api/v1/jobs/${job_id}/callbacks`))
    .toMatchObject({ callbacks: [{ state: "delivered", attempts: [{ status: 204 }] }] });
});
