import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const BOUNDARIES = path.join(import.meta.dirname, "boundaries.mjs");
const PACKAGES = ["core", "sdk", "ffmpeg", "server", "client", "react", "pipelines", "cli"];

/** What the planted tree holds beside its faults, so that each import leads somewhere. */
const SOUND_FILES = {
  "packages/core/src/fold.ts": "export const fold = 1;",
  "packages/core/src/wire.ts": 'export { fold } from "./fold.ts";',
  "packages/core/src/fold.test.ts": 'import "zod"; import "node:fs"; import "./index.ts";',
  "packages/sdk/src/open.ts": 'import { fold } from "@playhead/core"; import "node:fs"; export const open = fold;',
  "packages/server/src/store/store.ts": "export type Store = string;",
  "packages/server/src/store/sqlite/writer.ts":
    'import type { Store } from "../store.ts"; export const writer: Store = "";',
  "packages/server/src/bus/bus.ts": "export type Bus = string;",
  "packages/server/src/bus/memory/bus.ts": 'import type { Bus } from "../bus.ts"; export const bus: Bus = "";',
  "packages/server/src/ingest/ingest.ts":
    'import type { Store } from "../store/store.ts"; import "@playhead/core"; export type I = Store;',
  "packages/server/src/outbound/post.ts": "export const post = 1;",
  "packages/server/src/callbacks/callbacks.ts":
    'import { post } from "../outbound/post.ts"; export const calls = post;',
  "packages/server/src/gateway/outbox.ts": 'import type { Bus } from "../bus/bus.ts"; export type Outbox = Bus;',
  "packages/server/src/gateway/outbox.test.ts": 'import "../ingest/ingest.ts"; import "../store/sqlite/writer.ts";',
  "packages/server/src/app.ts":
    'import "./ingest/ingest.ts"; import "./gateway/outbox.ts"; import "./store/sqlite/writer.ts";',
  "packages/server/src/engine.ts": 'import "./ingest/ingest.ts"; import "./bus/memory/bus.ts";',
  "packages/server/src/index.ts": 'export * from "./app.ts";',
  "packages/pipelines/src/clips.ts": 'import "@playhead/sdk"; import "@playhead/ffmpeg"; import "zod";',
  "packages/cli/src/main.ts":
    'import "@playhead/server"; import "@playhead/sdk"; import "@playhead/pipelines"; import "@playhead/client";',
  "packages/client/src/connection.ts": 'import "@playhead/core";',
  "packages/react/src/use-job.tsx": 'import "react"; import "@playhead/client"; export const x = <b />;',
  "tests/servers/redis-server.ts": "export const x = 1;",
  "packages/sdk/src/queue/queue.test.ts": 'import "../../../../tests/servers/redis-server.ts";',
  "apps/dashboard/src/main.tsx": 'import "react"; import "@playhead/react"; export const x = <b />;',
};

/** One fault for each thing that a rule forbids. */
const FAULTS: readonly (readonly [rule: string, from: string, imports: string, to: string])[] = [
  ["core-imports", "packages/core/src/a.ts", "@playhead/sdk", "packages/sdk/src/index.ts"],
  ["core-is-portable", "packages/core/src/b.ts", "zod", "node_modules/zod/dist/index.js"],
  ["core-is-portable", "packages/core/src/c.ts", "node:path", "path"],
  ["sdk-imports", "packages/sdk/src/a.ts", "@playhead/server", "packages/server/src/index.ts"],
  ["sdk-imports", "packages/sdk/src/a.test.ts", "@playhead/server", "packages/server/src/index.ts"],
  ["server-imports", "packages/server/src/a.ts", "@playhead/sdk", "packages/sdk/src/index.ts"],
  ["ffmpeg-imports", "packages/ffmpeg/src/a.ts", "@playhead/sdk", "packages/sdk/src/index.ts"],
  ["pipelines-imports", "packages/pipelines/src/a.ts", "@playhead/server", "packages/server/src/index.ts"],
  ["pipelines-imports", "packages/pipelines/src/b.ts", "@playhead/core", "packages/core/src/index.ts"],
  ["client-imports", "packages/client/src/a.ts", "@playhead/sdk", "packages/sdk/src/index.ts"],
  ["client-is-portable", "packages/client/src/b.ts", "ws", "node_modules/ws/index.js"],
  ["react-imports", "packages/react/src/a.tsx", "@playhead/sdk", "packages/sdk/src/index.ts"],
  ["react-is-portable", "packages/react/src/b.ts", "node:fs", "fs"],
  ["cli-imports", "packages/cli/src/a.ts", "@playhead/react", "packages/react/src/index.ts"],
  ["dashboard-imports", "apps/dashboard/src/a.ts", "@playhead/server", "packages/server/src/index.ts"],
  ["dashboard-is-portable", "apps/dashboard/src/b.ts", "node:fs", "fs"],
  ["package-by-its-name", "packages/sdk/src/b.ts", "../../core/src/fold.ts", "packages/core/src/fold.ts"],
  ["package-by-its-name", "bench/a.ts", "../packages/core/src/fold.ts", "packages/core/src/fold.ts"],
  ["resolvable", "packages/sdk/src/c.ts", "@playhead/core/src/fold.ts", "@playhead/core/src/fold.ts"],
  ["resolvable", "packages/sdk/src/d.ts", "./gone.ts", "./gone.ts"],
  ["source-only", "packages/sdk/src/e.ts", "../dist/open.js", "packages/sdk/dist/open.js"],
  ["index-is-for-others", "packages/sdk/src/f.ts", "./index.ts", "packages/sdk/src/index.ts"],
  ["declared", "packages/sdk/src/g.ts", "zod", "node_modules/zod/dist/index.js"],
  [
    "server-features",
    "packages/server/src/outbound/a.ts",
    "../callbacks/callbacks.ts",
    "packages/server/src/callbacks/callbacks.ts",
  ],
  ["server-features", "packages/server/src/health/a.ts", "../logs/a.ts", "packages/server/src/logs/a.ts"],
  [
    "server-features",
    "packages/server/src/http/a.ts",
    "../store/sqlite/writer.ts",
    "packages/server/src/store/sqlite/writer.ts",
  ],
  ["server-features", "packages/server/src/http/b.ts", "../bus/memory/bus.ts", "packages/server/src/bus/memory/bus.ts"],
  ["server-features", "packages/server/src/auth/a.ts", "../app.ts", "packages/server/src/app.ts"],
  ["server-features", "packages/server/src/store/a.ts", "../ingest/ingest.ts", "packages/server/src/ingest/ingest.ts"],
  ["no-circle", "packages/ffmpeg/src/b.ts", "./c.ts", "packages/ffmpeg/src/c.ts"],
  ["package-by-its-name", "tests/a.ts", "../packages/core/src/fold.ts", "packages/core/src/fold.ts"],
  ["test-servers", "packages/sdk/src/h.ts", "../../../tests/servers/redis-server.ts", "tests/servers/redis-server.ts"],
];

const IMPORT_TYPE_FILE = "packages/core/src/import-type.ts";

/** How an import can be written; each way must be seen. */
const SPELLINGS = ["import", "import type", "export", "export type", "import()"] as const;

function spell(spelling: (typeof SPELLINGS)[number], specifier: string): string {
  switch (spelling) {
    case "import":
      return `import { x } from "${specifier}"; export const y = x;`;
    case "import type":
      return `import type { x } from "${specifier}"; export type Y = x;`;
    case "export":
      return `export { x } from "${specifier}";`;
    case "export type":
      return `export type { x } from "${specifier}";`;
    case "import()":
      return `export const y = () => import("${specifier}");`;
  }
}

function write(root: string, file: string, content: string): void {
  const target = path.join(root, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
}

function library(root: string, name: string, entry: string): void {
  write(root, `node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", exports: `./${entry}` }));
  write(root, `node_modules/${name}/${entry}`, "export const x = 1;");
}

/** A small workspace of the same shape as ours, without a fault in it. */
function plantTree(root: string): void {
  write(root, "package.json", JSON.stringify({ name: "planted", private: true, workspaces: ["packages/*", "apps/*"] }));
  library(root, "zod", "dist/index.js");
  library(root, "ws", "index.js");
  library(root, "react", "index.js");
  fs.mkdirSync(path.join(root, "node_modules/@playhead"));
  for (const name of PACKAGES) {
    const exports = { ".": { "playhead-src": "./src/index.ts", default: "./dist/index.js" } };
    const dependencies = name === "pipelines" ? { zod: "1.0.0" } : name === "react" ? { react: "1.0.0" } : {};
    write(root, `packages/${name}/package.json`, JSON.stringify({ name: `@playhead/${name}`, exports, dependencies }));
    write(root, `packages/${name}/src/index.ts`, "export const x = 1;");
    fs.symlinkSync(`../../packages/${name}`, path.join(root, "node_modules/@playhead", name));
  }
  write(root, "apps/dashboard/package.json", JSON.stringify({ name: "@playhead/dashboard" }));
  for (const [file, content] of Object.entries(SOUND_FILES)) write(root, file, content);
}

function check(root: string): { exitCode: number | null; output: string } {
  const result = spawnSync(process.execPath, [BOUNDARIES, root], { encoding: "utf8" });
  return { exitCode: result.status, output: result.stdout + result.stderr };
}

describe("the boundary check", () => {
  let root: string;

  beforeAll(() => {
    root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "playhead-boundaries-"));
    plantTree(root);
  });

  afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

  test("passes on a tree without a fault", () => {
    const { exitCode, output } = check(root);
    expect(output).toMatch(/^[1-9]\d* modules, [1-9]\d* imports, 0 faults$/m);
    expect(exitCode).toBe(0);
  });

  describe("with every fault planted", () => {
    let exitCode: number | null;
    /** What the check found, as "rule: file → file". */
    let found: string[];

    beforeAll(() => {
      for (const [index, [, from, imports]] of FAULTS.entries()) {
        write(root, from, spell(SPELLINGS[index % SPELLINGS.length] ?? "import", imports));
      }
      write(root, "packages/ffmpeg/src/c.ts", 'import type { x } from "./b.ts"; export type Y = x;');
      write(root, "packages/server/src/logs/a.ts", "export const x = 1;");
      write(root, "packages/sdk/dist/open.js", "export const x = 1;");
      for (const spelling of SPELLINGS) write(root, spellingFile(spelling), spell(spelling, "@playhead/sdk"));
      write(root, IMPORT_TYPE_FILE, 'export type Y = import("@playhead/sdk").x;');
      const result = check(root);
      exitCode = result.exitCode;
      found = [...result.output.matchAll(/error ([a-z-]+: \S+ (?:→ \S+|has))/g)].map((match) => match[1] ?? "");
    });

    test("fails", () => {
      expect(exitCode).toBe(1);
    });

    test.each(FAULTS)("%s: %s may not import %s", (rule, from, _imports, to) => {
      expect(found).toContain(`${rule}: ${from} → ${to}`);
    });

    test.each(SPELLINGS)("sees the spelling %s", (spelling) => {
      expect(found).toContain(`core-imports: ${spellingFile(spelling)} → packages/sdk/src/index.ts`);
    });

    test("forbids the one spelling that it would not see", () => {
      expect(found).toContain(`import-type: ${IMPORT_TYPE_FILE} has`);
    });

    test("finds no fault in what is sound", () => {
      const faulty = new Set<string>([
        ...FAULTS.map(([, from]) => from),
        ...SPELLINGS.map(spellingFile),
        "packages/ffmpeg/src/c.ts",
        IMPORT_TYPE_FILE,
      ]);
      expect(found.filter((line) => !faulty.has(line.split(" ")[1] ?? ""))).toEqual([]);
    });
  });

  test("fails on a tree of which it reads nothing", () => {
    const empty = fs.mkdtempSync(path.join(root, "empty-"));
    write(empty, "packages/core/src/index.ts", "export const x = 1;");
    expect(check(empty)).toMatchObject({ exitCode: 1, output: expect.stringContaining("read-nothing") });
  });
});

function spellingFile(spelling: string): string {
  return `packages/core/src/spelling-${spelling.replaceAll(/[^a-z]/g, "-")}.ts`;
}
