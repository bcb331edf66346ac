import path from "node:path";
import { gzipSync } from "node:zlib";
import { build, defaultClientConditions, minifySync } from "vite";
import { expect, test } from "vitest";

/** What a page always loads, minified and gzipped, as most people count kB. */
const LIMIT_BYTES = 10_000;

/** Fetched when they are needed; see docs/client.md. */
const LATER = ["api.ts", "jobs-list.ts", "log-follower.ts", "fallback/other-transports.ts"];

/** The main entry with all that it needs at once, in one file. */
async function bundle() {
  const root = path.resolve(import.meta.dirname, "..");
  const result = await build({
    root,
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["playhead-src", ...defaultClientConditions] },
    build: {
      write: false,
      lib: { entry: "src/index.ts", formats: ["es"] },
      rolldownOptions: { external: LATER.map((file) => path.join(root, "src", file)) },
    },
  });
  const [output] = [result].flat();
  if (output === undefined || !("output" in output) || output.output.length !== 1) {
    throw new Error("expected one chunk: does the entry import at once what it should fetch later?");
  }
  return output.output[0];
}

test("I19: what a page always loads is at most 10 kB gzipped, and the rest is fetched when it is needed", async () => {
  const chunk = await bundle();
  const { code } = minifySync("client.js", chunk.code, { module: true });
  expect(gzipSync(code).length).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(chunk.imports).toEqual([]);
  expect(chunk.dynamicImports.map((file) => LATER.find((later) => file.endsWith(later))).sort()).toEqual(LATER.sort());
});
