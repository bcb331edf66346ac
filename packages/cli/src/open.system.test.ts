import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startServer } from "../test/playhead-process.ts";
import { open } from "./open.ts";

test("with a data folder the store runs here, and close leaves the folder to the next", async () => {
  const data = join(oddFolder(), "data");
  const first = await open({ data });
  const job = first.job({ kind: "nightly", title: "Nightly" });
  await job.run(async () => ({ rows: 3 }));
  expect(await first.close()).toBe(true);

  const { code, stdout } = await playhead(["jobs", "--data", data, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout.join("\n"))).toMatchObject({
    jobs: [{ job_id: job.job_id, state: "completed", summary: { rows: 3 } }],
  });
});

test("while a process without a server has the folder, it is in use", async () => {
  const data = join(oddFolder(), "data");
  const first = await open({ data });
  try {
    const { code, stderr } = await playhead(["jobs", "--data", data]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: [expect.stringMatching(/^playhead: another Playhead is using the data in /)],
    });
  } finally {
    await first.close();
  }
});

test("while a server has it, the server is joined; with its address and key likewise", async () => {
  const data = join(oddFolder(), "data");
  const { url, signInUrl } = await startServer(data);
  const apiKey = new URL(signInUrl).searchParams.get("key") ?? "";
  for (const options of [{ data }, { url, apiKey }]) {
    const joined = await open(options);
    await joined.job({ kind: "nightly" }).run(async () => undefined);
    expect(await joined.close()).toBe(true);
  }
  const { stdout } = await playhead(["jobs", "--data", data, "--json"]);
  expect(JSON.parse(stdout.join("\n")).jobs).toMatchObject([{ state: "completed" }, { state: "completed" }]);
});

test("an address that is none", async () => {
  await expect(open({ url: "playhead.internal", apiKey: "k" })).rejects.toMatchObject({ code: "usage_error" });
});
