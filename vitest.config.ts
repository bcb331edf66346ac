import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongFirst } from "./scripts/long-first.ts";

/** Workspace packages run from their sources, as they do in `npm start`; all else resolves as in plain Node. */
const conditions = ["playhead-src", "node"];

/** What takes seconds, because it starts ffmpeg, servers or a browser. */
const system = ["**/*.system.test.ts", "**/*.browser.test.ts"];

/** Installed and built things. */
const notOurs = ["**/node_modules/**", "**/dist/**", "**/coverage/**"];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    watch: false,
    // A filter may match in one of the two projects only; scripts/test.mjs sees to it that something ran at all.
    passWithNoTests: true,
    maxWorkers: "100%",
    sequence: { sequencer: LongFirst },
    // Half of the time that a process or a thread takes to start goes into compiling the same sources again.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/compiled") },
    setupFiles: [join(import.meta.dirname, "tests/own-state-folder.ts")],
    // As long as a machine may take that does much else: what comes sooner is seen sooner.
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.{ts,tsx}", "apps/*/src/**/*.{ts,tsx}"],
      exclude: ["**/*.test.{ts,tsx}"],
      reporter: ["text-summary", "html"],
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...notOurs, ...system],
          // Loading the same sources for each file again is more than half of the work. So a thread keeps them from file to
          // file, and a test puts back what it changes beyond its own data: the order of files differs from run to run.
          pool: "threads",
          isolate: false,
          // None takes five seconds where the machine is its own; on one that does much else, it may be many times that.
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: system,
          exclude: notOurs,
          // Most of their time they wait for processes, so that two at a time take little longer than one; more would
          // starve each other, since each is several processes itself.
          maxWorkers: 2,
          // One of thousands that trips over a busy machine is told of at the end, and does not throw a whole run away.
          retry: process.env.CI ? 1 : 0,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
