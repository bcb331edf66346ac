import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import type { Config } from "./config.ts";
import { configSchema } from "./config.ts";
import { createConfigEdits, revisionOf } from "./edit-config.ts";
import { readConfig } from "./load-config.ts";
import { type ConfigRefusal, watchConfig } from "./watch-config.ts";

type Heard =
  | { readonly changed: readonly string[]; readonly config: Config }
  | { readonly accepted: readonly string[]; readonly waiting: readonly string[] }
  | { readonly refused: ConfigRefusal };

const textOf = (content: object) => JSON.stringify(content, null, 2);

/** A file that is followed, and what is heard of it, in order. */
function setup({ content = { log_level: "info" } as object, environment = {}, file = "" } = {}) {
  const folder = tempFolder();
  const path = file === "" ? join(folder, "playhead.config.json") : file;
  if (file === "") writeFileSync(path, textOf(content));
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const hear = (what: Heard) => {
    heard.push(what);
    for (const look of [...waiting]) look();
  };
  const watch = watchConfig({
    initial: readConfig({ file: path, environment, flags: {} }, configSchema),
    onChange: (config, changed) => hear({ changed, config }),
    onAccepted: ({ keys, waiting: until }) => hear({ accepted: keys, waiting: until }),
    onRefused: (refused) => hear({ refused }),
    nowMs: Date.now,
  });
  onTestFinished(watch.close);
  return {
    folder,
    path,
    watch,
    heard,
    /** Waits until so much was heard in all. */
    async times(count: number): Promise<readonly Heard[]> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => heard.length >= count && resolve();
      waiting.add(look);
      look();
      await promise;
      waiting.delete(look);
      return heard;
    },
  };
}

/** The ways in which programs save a file. */
const WAYS = {
  "emptied, then written": (path: string, text: string) => writeFileSync(path, text),
  "written beside, then renamed over it": (path: string, text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  },
  "the old one renamed away, then a new one written": (path: string, text: string) => {
    renameSync(path, `${path}~`);
    writeFileSync(path, text);
    unlinkSync(`${path}~`);
  },
  "removed, then written": (path: string, text: string) => {
    rmSync(path);
    writeFileSync(path, text);
  },
  "written bit by bit": async (path: string, text: string) => {
    const file = openSync(path, "w");
    for (const letter of text) {
      writeSync(file, letter);
      await delay(1);
    }
    closeSync(file);
  },
} satisfies Record<string, (path: string, text: string) => void | Promise<void>>;

test.each(Object.entries(WAYS))("%s: taken once, and nothing else is heard of it", async (_, save) => {
  const { path, times, watch } = setup();
  for (const [at, level] of (["warning", "error", "debug"] as const).entries()) {
    await save(path, textOf({ log_level: level, slow_db_ms: 500 }));
    const heard = await times(2 * (at + 1));
    expect(heard.slice(2 * at)).toEqual([
      { changed: at === 0 ? ["log_level", "slow_db_ms"] : ["log_level"], config: watch.running() },
      { accepted: at === 0 ? ["log_level", "slow_db_ms"] : ["log_level"], waiting: [] },
    ]);
    expect(watch.running()).toMatchObject({ log_level: level, slow_db_ms: 500 });
  }
});

test("links through a folder that is exchanged, as Kubernetes mounts a ConfigMap", async () => {
  const folder = tempFolder();
  const path = join(folder, "playhead.config.json");
  const version = (name: string, content: object) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "playhead.config.json"), textOf(content));
  };
  version("..2026_1", { log_level: "info" });
  symlinkSync("..2026_1", join(folder, "..data"));
  symlinkSync(join("..data", "playhead.config.json"), path);
  const { times, watch } = setup({ file: path });
  for (const [at, level] of (["warning", "error", "debug", "critical"] as const).entries()) {
    version(`..2026_${at + 2}`, { log_level: level });
    symlinkSync(`..2026_${at + 2}`, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    rmSync(join(folder, `..2026_${at + 1}`), { recursive: true });
    await times(2 * (at + 1));
    expect(watch.running().log_level).toBe(level);
  }
});

test("a link to a file elsewhere, which its folder says nothing of", async () => {
  const [elsewhere, folder] = [join(tempFolder(), "real.json"), tempFolder()];
  writeFileSync(elsewhere, textOf({ log_level: "info" }));
  const path = join(folder, "playhead.config.json");
  symlinkSync(elsewhere, path);
  const { times, watch } = setup({ file: path });
  for (const [at, level] of (["warning", "error", "debug"] as const).entries()) {
    writeFileSync(elsewhere, textOf({ log_level: level }));
    await times(2 * (at + 1));
    expect(watch.running().log_level).toBe(level);
  }
});

test("a file that goes changes nothing, that is said once, and when it is back it counts again", async () => {
  const { path, times, watch } = setup();
  rmSync(path);
  const [refused] = await times(1);
  expect(refused).toMatchObject({ refused: { message: expect.stringContaining("gone"), faults: [] } });
  expect(watch.running().log_level).toBe("info");
  writeFileSync(path, textOf({ log_level: "error" }));
  const heard = await times(3);
  expect(heard).toHaveLength(3);
  expect([watch.running().log_level, watch.refusal()]).toEqual(["error", null]);
});

test("a folder that goes and comes back is followed again", async () => {
  const folder = join(tempFolder(), "etc");
  const path = join(folder, "playhead.config.json");
  mkdirSync(folder);
  writeFileSync(path, textOf({ log_level: "info" }));
  const { times, watch } = setup({ file: path });
  rmSync(folder, { recursive: true });
  await times(1);
  mkdirSync(folder);
  writeFileSync(path, textOf({ log_level: "error" }));
  await times(3);
  writeFileSync(path, textOf({ log_level: "critical" }));
  await times(5);
  expect(watch.running().log_level).toBe("critical");
});

test("a bad file is refused whole, once, with every fault; the one before holds until a good one comes", async () => {
  const { path, times, watch, heard } = setup();
  writeFileSync(path, textOf({ log_level: "error", slow_db_ms: 1, prt: 2 }));
  const [first] = await times(1);
  expect(first).toMatchObject({
    refused: {
      faults: [expect.stringMatching(/^slow_db_ms/), expect.stringMatching(/^prt .*did you mean port/)],
    },
  });
  expect(watch.running()).toMatchObject({ log_level: "info", slow_db_ms: 1_000 });
  writeFileSync(path, "{");
  await times(2);
  expect(watch.refusal()?.message).toContain("not JSON");
  // The same as in the beginning: it holds again, and nothing changed.
  writeFileSync(path, textOf({ log_level: "info" }));
  await expect.poll(() => watch.refusal()).toBeNull();
  expect(heard).toHaveLength(2);
});

test("what needs a start waits for it, and is named until it is taken back", async () => {
  const { path, times, watch } = setup();
  writeFileSync(path, textOf({ log_level: "error", port: 1, host: "::1" }));
  const heard = await times(2);
  expect(heard[0]).toEqual({ changed: ["log_level"], config: watch.running() });
  expect(heard[1]).toEqual({ accepted: ["host", "port", "log_level"], waiting: ["host", "port"] });
  expect(watch.running()).toMatchObject({ port: 8765, host: "127.0.0.1", log_level: "error" });
  writeFileSync(path, textOf({ log_level: "error", host: "::1" }));
  expect((await times(3))[2]).toEqual({ accepted: ["port"], waiting: ["host"] });
});

test("the environment of the start holds over each version", async () => {
  const { path, times, watch } = setup({ environment: { LOG_LEVEL: "critical" } });
  writeFileSync(path, textOf({ log_level: "error", slow_db_ms: 200 }));
  expect((await times(1))[0]).toMatchObject({ changed: ["slow_db_ms"] });
  expect(watch.running().log_level).toBe("critical");
});

test("a version that somebody cannot go by is refused, and all go by the one before again", async () => {
  const folder = tempFolder();
  const path = join(folder, "playhead.config.json");
  writeFileSync(path, textOf({ slow_db_ms: 200 }));
  const applied: number[] = [];
  const refused = Promise.withResolvers<ConfigRefusal>();
  const watch = watchConfig({
    initial: readConfig({ file: path, environment: {}, flags: {} }, configSchema),
    onChange({ slow_db_ms }) {
      applied.push(slow_db_ms);
      if (slow_db_ms === 300) throw new Error("not with us");
    },
    onAccepted: () => undefined,
    onRefused: refused.resolve,
    nowMs: Date.now,
  });
  onTestFinished(watch.close);
  writeFileSync(path, textOf({ slow_db_ms: 300 }));
  expect((await refused.promise).message).toBe("not with us");
  expect([applied, watch.running().slow_db_ms]).toEqual([[300, 200], 200]);
});

test("a file that is gone is not made anew by a change: what else it said would be lost", async () => {
  const { path, times, watch } = setup();
  rmSync(path);
  await times(1);
  const edits = createConfigEdits(watch);
  await expect(edits.edit({ patch: { slow_db_ms: 250 }, revision: null })).rejects.toMatchObject({ code: "conflict" });
});

test("what we write ourselves is taken at once, and is no news to the watch", async () => {
  const { path, times, watch, heard } = setup({ content: { $schema: "./s.json", log_level: "info" } });
  const edits = createConfigEdits(watch);
  const keys = await edits.edit({ patch: { slow_db_ms: 250, log_level: null }, revision: revisionOf(watch.text()) });
  expect(keys).toEqual(["log_level", "slow_db_ms"]);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ $schema: "./s.json", slow_db_ms: 250 });
  expect(watch.running()).toMatchObject({ slow_db_ms: 250, log_level: "debug" });
  // A change of somebody else comes after it: had our own been news, it would have been heard before.
  writeFileSync(path, textOf({ slow_db_ms: 300 }));
  await times(3);
  expect(heard.map((what) => Object.keys(what)[0])).toEqual(["changed", "changed", "accepted"]);
});
