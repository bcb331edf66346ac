import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead } from "../../test/playhead-process.ts";

const PAGE_BYTES = 4_096;

/** A server on a data folder; ended by a signal, as one ends it. */
async function serve(data: string) {
  const server = startPlayhead(["serve", "--port", "0", "--data", data, "--json"]);
  await server.line(/"type":"serving"/);
  return {
    async stop() {
      server.signal("SIGTERM");
      return await server.ended;
    },
  };
}

test("data is backed up beside a running server, damaged, mended, and put back", { timeout: 120_000 }, async () => {
  const folder = oddFolder();
  const data = join(folder, "data");
  const run = (...args: string[]) => playhead([...args, "--data", data]);

  const first = await serve(data);
  const made = await run("backup", join(folder, "backup"), "--json");
  expect(made).toMatchObject({ code: 0, stderr: [] });
  expect(JSON.parse(made.stdout.join())).toMatchObject({ type: "result", folder: join(folder, "backup") });
  expect(readdirSync(join(folder, "backup")).sort()).toEqual([
    "access-key",
    "manifest.json",
    "playhead.db",
    "session-secret",
    "telemetry.sqlite",
  ]);
  // Neither is done under a server that runs.
  for (const args of [
    ["restore", join(folder, "backup")],
    ["doctor", "--repair"],
  ]) {
    expect(await run(...args)).toMatchObject({
      code: 3,
      stderr: [expect.stringMatching(/another Playhead is using the data/)],
    });
  }
  const looked = await run("doctor", "--json", "--port", "0");
  for (const name of ["playhead.db", "telemetry.sqlite"]) {
    expect(JSON.parse(looked.stdout.join()).checks).toContainEqual(
      expect.objectContaining({ part: "data", name, ok: true }),
    );
  }
  expect((await first.stop()).code).toBe(0);

  // The schemas are gone: nothing starts on that.
  const damage = (name: string) => {
    const file = join(data, name);
    writeFileSync(file, readFileSync(file).fill(0, 0, PAGE_BYTES));
  };
  for (const name of ["telemetry.sqlite", "playhead.db"]) {
    damage(name);
    expect(await run("serve", "--port", "0")).toMatchObject({
      code: 3,
      stderr: [expect.stringMatching(new RegExp(`${name} is not a database\\..* playhead doctor --repair`))],
    });
  }
  const mended = await run("doctor", "--repair", "--port", "0");
  expect(mended.stdout.join("\n")).toMatch(/^playhead\.db: kept \d+ jobs? with \d+ events?$/m);
  expect(mended.stdout.join("\n")).toMatch(/^telemetry\.sqlite: kept \d+ entr(y|ies)$/m);
  expect(mended.stdout.join("\n")).toMatch(/^what was damaged is in damaged-\S+ of the data folder$/m);
  expect(mended.stdout.join("\n")).not.toMatch(/: damaged/);
  expect((await (await serve(data)).stop()).code).toBe(0);

  const restored = await run("restore", join(folder, "backup"));
  expect(restored).toMatchObject({ code: 0, stderr: [] });
  expect(restored.stdout.join("\n")).toMatch(/what was there before is in .+before-restore-/);
});
