import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import type { NumberedRecord } from "../recorder/record-queue.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import type { SendTimer } from "../transport/timed-transport.ts";
import { lockFolder } from "./folder-lock.ts";
import { createSpool } from "./spool.ts";
import { defaultSpoolFolder } from "./spool-settings.ts";

function setup({
  root = join(tempFolder(), "spool"),
  maxBytes = 10_000,
  timer = null,
}: {
  root?: string;
  maxBytes?: number;
  timer?: SendTimer | null;
} = {}) {
  const clock = createManualClock();
  const warnings: string[] = [];
  const warn = (line: string) => warnings.push(line);
  const settings = { folder: root, maxBytes };
  const spool = createSpool({ settings, source: "w", id: "1", nowMs: clock.nowMs, warn, timer });
  return { root, clock, warnings, spool };
}

const record = (n: number, text = ""): NumberedRecord => ({ type: "log", ts: "", job_id: "j", n, data: { text } });

test("nothing is touched until something is written, and nothing is left when all is delivered", async () => {
  const { root, spool } = setup();
  expect([spool.room(), spool.count(), existsSync(root)]).toEqual(["all", 0, false]);
  expect(await spool.append([record(1)])).toBe(true);
  expect(readdirSync(root)).toEqual(["w@1"]);
  const { upTo } = await spool.read();
  await spool.acknowledge(upTo);
  await spool.close();
  expect(readdirSync(root)).toEqual([]);
});

test("what it costs to make text of records is told: it is a cost of the monitoring, as sending is", async () => {
  let readings = 0;
  const noted: (readonly [number, number])[] = [];
  const timer = {
    clock() {
      readings += 1;
      return readings * 10;
    },
    noteSent: (records: number, ms: number) => noted.push([records, ms]),
  };
  const { spool } = setup({ timer });
  await spool.append([record(1), record(2)]);
  await spool.append([record(3)]);
  expect(noted).toEqual([
    [2, 10],
    [1, 10],
  ]);
  await spool.close();
});

test("what was not delivered stays, for its owner's eyes only, and its lock is free again", async () => {
  const { root, spool } = setup();
  await spool.append([record(1)]);
  const folder = join(root, "w@1");
  expect(await lockFolder(folder)).toBeNull();
  await spool.close();
  expect(statSync(join(folder, "00000001.ndjson")).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const lock = await lockFolder(folder);
  expect(lock).not.toBeNull();
  lock?.release();
});

test("three quarters are for all, the last is for facts alone, and then there is no room", async () => {
  const { spool } = setup({ maxBytes: 1_000 });
  const rooms = [];
  for (let n = 1; n <= 4; n += 1) {
    await spool.append([record(n, "x".repeat(220))]);
    rooms.push(spool.room());
  }
  expect(rooms).toEqual(["all", "all", "facts", "none"]);
  await spool.acknowledge(4);
  expect(spool.room()).toBe("all");
  await spool.close();
});

test("what others have left counts", async () => {
  const root = tempFolder();
  mkdirSync(join(root, "v@1"));
  writeFileSync(join(root, "v@1", "00000001.ndjson"), "x".repeat(800));
  const { spool } = setup({ root, maxBytes: 1_000 });
  await spool.append([record(1)]);
  expect(spool.room()).toBe("facts");
  await spool.close();
});

test("a folder that cannot be written is said once; a minute later it is tried again", async () => {
  const blocked = join(tempFolder(), "file");
  writeFileSync(blocked, "");
  const { spool, warnings, clock, root } = setup({ root: join(blocked, "spool") });
  expect([await spool.append([record(1)]), spool.room()]).toEqual([false, "none"]);
  await clock.advance(60_000);
  expect([spool.room(), await spool.append([record(1)])]).toEqual(["all", false]);
  expect(warnings).toEqual([
    expect.stringMatching(`^what the server does not take waits in memory, since ${root} cannot be written: ENOTDIR`),
  ]);
  await spool.close();
});

test("records that cannot be read again are said, and passed over", async () => {
  const { spool, root, warnings } = setup();
  await spool.append([record(1)]);
  writeFileSync(join(root, "w@1", "00000001.ndjson"), "");
  expect(await spool.read()).toEqual({ records: [], upTo: 1 });
  expect(warnings).toEqual([`1 records could not be read again from ${root}, and are lost`]);
  await spool.close();
});

describe("the default folder", () => {
  const base = { env: {}, platform: "linux", home: "/home/ann", temp: "/tmp" } as const;
  const name = (where: string) => where.replace(/[0-9a-f]{16}$/, "ID");

  test.for([
    { given: base, expected: "/home/ann/.local/state/playhead/spool/ID" },
    { given: { ...base, env: { XDG_STATE_HOME: "/state" } }, expected: "/state/playhead/spool/ID" },
    { given: { ...base, home: "/" }, expected: "/tmp/playhead/spool/ID" },
    { given: { ...base, home: "" }, expected: "/tmp/playhead/spool/ID" },
  ])("$expected", ({ given, expected }) => {
    expect(name(defaultSpoolFolder("http://a", "k", given))).toBe(expected);
  });

  test("is another one for another server, and for another key, which it does not tell", () => {
    const folders = [
      defaultSpoolFolder("http://a", "key_1", base),
      defaultSpoolFolder("http://b", "key_1", base),
      defaultSpoolFolder("http://a", "key_2", base),
    ];
    expect(new Set(folders).size).toBe(3);
    expect(folders.join()).not.toContain("key_");
  });
});
