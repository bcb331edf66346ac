import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

const DIST = join(import.meta.dirname, "../dist");

/** As most people count kB: what a browser fetches of JavaScript before it can show a page. */
const FIRST_VIEW_BYTES = 200_000;
/** The page of a share link is for phones and bad networks. */
const SHARE_BYTES = 30_000;

/** As Vite writes it. */
type Manifest = Readonly<
  Record<
    string,
    { readonly file: string; readonly imports?: readonly string[]; readonly dynamicImports?: readonly string[] }
  >
>;
// `npm test` and `npm start` build it; by hand: node scripts/build-dashboard.mjs
const readManifest = (name: string) => JSON.parse(readFileSync(join(DIST, ".vite", name), "utf8")) as Manifest;
const dashboard = readManifest("index.json");
const share = readManifest("share.json");

/** Everything that is fetched at once for these. */
function closureOf(manifest: Manifest, keys: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (key: string) => {
    if (found.has(key)) return;
    found.add(key);
    for (const each of manifest[key]?.imports ?? []) visit(each);
  };
  for (const key of keys) visit(key);
  return found;
}

/** Gzipped. */
function weightBytes(manifest: Manifest, ...keys: readonly string[]): number {
  const files = [...closureOf(manifest, keys)]
    .map((key) => manifest[key]?.file ?? "")
    .filter((file) => file.endsWith(".js"));
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length, 0);
}

const pages = (dashboard["index.html"]?.dynamicImports ?? []).filter((key) => /-page\.tsx$/.test(key));

describe("the JavaScript of a first view, gzipped", () => {
  test("of the overview", () => {
    expect(weightBytes(dashboard, "index.html")).toBeLessThanOrEqual(FIRST_VIEW_BYTES);
  });

  test.each(pages)("of %s", (page) => {
    expect(weightBytes(dashboard, "index.html", page)).toBeLessThanOrEqual(FIRST_VIEW_BYTES);
  });

  test("of a share link", () => {
    expect(weightBytes(share, "share.html")).toBeLessThanOrEqual(SHARE_BYTES);
  });
});

test("every page but the first is fetched when somebody goes there, and so is the palette", () => {
  expect(pages.length).toBeGreaterThanOrEqual(9);
  const atOnce = closureOf(dashboard, ["index.html"]);
  const later = [
    ...pages,
    ...Object.keys(dashboard).filter((key) => /palette\/(palette|shortcuts-dialog)\.tsx$/.test(key)),
  ];
  expect(later.length).toBe(pages.length + 2);
  expect(later.filter((key) => atOnce.has(key))).toEqual([]);
});

test("the page of a share link brings nothing of the dashboard along, and no React", () => {
  const shared = [...closureOf(share, ["share.html"])].map((key) => share[key]?.file ?? key);
  expect(shared.filter((file) => /index-|overview|confirm-dialog|palette/.test(file))).toEqual([]);
  expect(Object.keys(share).filter((key) => /-page\.tsx$|react-dom/.test(key))).toEqual([]);
});
