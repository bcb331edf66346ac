import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createMediaRoots } from "./media-roots.ts";

function setup() {
  const base = tempFolder();
  const folder = join(base, "Folge 12 – Übung");
  mkdirSync(join(folder, "clips"), { recursive: true });
  writeFileSync(join(base, "secret.txt"), "secret");
  const data = join(base, "data");
  const roots = createMediaRoots(data);
  roots.add(folder);
  const write = (name: string) => {
    writeFileSync(join(folder, name), name);
    return join(folder, name);
  };
  /** The file behind an address, as the server finds it: the address decoded once. */
  async function follow(url: string | null): Promise<string | null> {
    const [, , id = "", ...rest] = (url ?? "").split("/");
    const file = await roots.fileOf(id, rest.map(decodeURIComponent).join("/"));
    return file && readFileSync(join(file.folder, file.path), "utf8");
  }
  const id = roots.urlOf(write("any.mp4"))?.split("/")[2] as string;
  return { base, folder, data, roots, write, follow, id };
}

describe("an address", () => {
  test.each([
    "a.mp4",
    "clips/b c.mp4",
    "100% sûr #1?.mp4",
    "日本語 🎬.mp4",
    "%2e%2e%2fsecret.txt",
    "..hidden.mp4",
    "-x.mp4",
    "a+b&c=d.mp4",
  ])("of %s leads to it", async (name) => {
    const { roots, write, follow } = setup();
    const file = write(name);
    const url = roots.urlOf(file);
    expect(url).toMatch(/^\/media\/[A-Za-z0-9_-]+\/[\x21-\x7e]+$/);
    expect(await follow(url)).toBe(name);
  });

  test("is given for files in folders that were added, and for no others", () => {
    const { base, folder, roots } = setup();
    expect(roots.urlOf(join(base, "secret.txt"))).toBeNull();
    expect(roots.urlOf(folder)).toBeNull();
    expect(roots.urlOf(join(folder, "..", "secret.txt"))).toBeNull();
    expect(roots.urlOf(`${folder}-other/a.mp4`)).toBeNull();
  });

  test("outlives a restart, and names no folder", () => {
    const { folder, data, roots } = setup();
    const file = join(folder, "any.mp4");
    expect(createMediaRoots(data).urlOf(file)).toBe(roots.urlOf(file));
    expect(roots.urlOf(file)).not.toContain("Folge 12");
    expect(statSync(join(data, "media")).mode & 0o777).toBe(0o700);
  });

  test("that another process gave leads to its file", async () => {
    const { base, data, follow } = setup();
    const other = createMediaRoots(data);
    const folder = join(base, "later");
    mkdirSync(folder);
    writeFileSync(join(folder, "new.mp4"), "new");
    other.add(folder);
    createMediaRoots(data).add(folder);
    expect(await follow(other.urlOf(join(folder, "new.mp4")))).toBe("new");
  });
});

describe("a path within", () => {
  test.each([
    "../secret.txt",
    "clips/../../secret.txt",
    "/etc/passwd",
    "..",
    ".",
    "",
    "clips",
    "missing.mp4",
    "any.mp4/x",
    "a\0b",
  ])("such as %j leads nowhere when it leads out, to a folder, or to nothing", async (path) => {
    const { roots, id } = setup();
    expect(await roots.fileOf(id, path)).toBeNull();
  });

  test("leads nowhere by a link that leads out, and to the file by one that stays in", async () => {
    const { base, folder, roots, id } = setup();
    symlinkSync(join(base, "secret.txt"), join(folder, "out.mp4"));
    symlinkSync(base, join(folder, "up"));
    symlinkSync(join(folder, "any.mp4"), join(folder, "in.mp4"));
    expect(await roots.fileOf(id, "out.mp4")).toBeNull();
    expect(await roots.fileOf(id, "up/secret.txt")).toBeNull();
    expect(await roots.fileOf(id, "in.mp4")).toMatchObject({ path: "any.mp4" });
  });

  test("of a folder that is itself a link is found", async () => {
    const { base, folder, roots } = setup();
    const link = join(base, "link");
    symlinkSync(folder, link);
    roots.add(link);
    const id = roots.urlOf(join(link, "any.mp4"))?.split("/")[2] as string;
    expect(await roots.fileOf(id, "any.mp4")).toMatchObject({ path: "any.mp4" });
  });

  test("leads nowhere for an unknown id", async () => {
    const { roots } = setup();
    expect(await roots.fileOf("unknown", "any.mp4")).toBeNull();
    expect(await roots.fileOf("__proto__", "any.mp4")).toBeNull();
    expect(await roots.fileOf("..", "secret.txt")).toBeNull();
    expect(await roots.fileOf("", "secret.txt")).toBeNull();
  });

  test("never leads out of its folder, whatever it holds", async () => {
    const { roots, id, folder } = setup();
    const part = fc.constantFrom("..", ".", "", "clips", "any.mp4", "secret.txt", "/", "\\", "%2e%2e", "\0");
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.constantFrom("/", "//", "\\"), async (parts, joint) => {
        const file = await roots.fileOf(id, parts.join(joint));
        if (file !== null) expect(join(file.folder, file.path)).toBe(join(folder, "any.mp4"));
      }),
    );
  });
});

test("folders of the same name have addresses of their own", () => {
  const { base, roots } = setup();
  const [one, two] = [join(base, "1", "clips"), join(base, "2", "clips")];
  roots.add(one);
  roots.add(two);
  expect(roots.urlOf(join(one, "a.mp4"))).not.toBe(roots.urlOf(join(two, "a.mp4")));
});

test("what cannot be kept says so, and the folder is not shown", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "file"), "");
  const roots = createMediaRoots(join(folder, "file"));
  expect(() => roots.add(folder)).toThrow(expect.objectContaining({ code: "data_unwritable" }));
  expect(roots.urlOf(join(folder, "a.mp4"))).toBeNull();
});
