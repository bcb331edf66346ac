import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resultOf } from "../../../test/check-result.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { folderStorage } from "../folder-storage.ts";
import { objectStorageCheck, type ProbedStorage } from "./object-storage.ts";

describe("object storage", () => {
  const folder = () => folderStorage(tempFolder());
  const refuse = async () => Promise.reject(new Error("AccessDenied: bucket s3://mine, key AKIA1"));
  const spoiled = (what: Partial<ProbedStorage>): ProbedStorage => ({ ...folder(), ...what });

  test("there is none: that is well, and said", async () => {
    expect(await resultOf(objectStorageCheck(null))).toEqual({
      status: "healthy",
      message: "no object storage is configured",
    });
  });

  test("a folder takes an object, gives it back, and has nothing left of it", async () => {
    const path = tempFolder();
    const written: string[] = [];
    const storage = folderStorage(path);
    const check = objectStorageCheck({
      ...storage,
      write: (name, ...others) => {
        written.push(name);
        return storage.write(name, ...others);
      },
    });
    expect(await resultOf(check)).toEqual({ status: "healthy", message: "an object was written, read and deleted" });
    expect([written.length, readdirSync(path)]).toEqual([1, []]);
  });

  test("a folder that is not there refuses", async () => {
    expect(await resultOf(objectStorageCheck(folderStorage(join(tempFolder(), "gone"))))).toMatchObject({
      status: "critical",
      message: "an object could not be written; check the storage's credentials and rights",
      details: { error: expect.stringContaining("ENOENT") },
    });
  });

  test.each([
    { doing: "written", spoiling: { write: refuse } },
    { doing: "read", spoiling: { read: refuse } },
    { doing: "deleted", spoiling: { remove: refuse } },
  ])(
    "what refuses to have an object $doing is critical; only those who run the server are told how",
    async ({ doing, spoiling }) => {
      expect(await resultOf(objectStorageCheck(spoiled(spoiling)))).toEqual({
        status: "critical",
        message: `an object could not be ${doing}; check the storage's credentials and rights`,
        details: { error: "AccessDenied: bucket s3://mine, key AKIA1" },
      });
    },
  );

  test("what gives something else back is critical", async () => {
    const storage = spoiled({ read: async () => new Uint8Array(3) });
    expect(await resultOf(objectStorageCheck(storage))).toMatchObject({
      status: "critical",
      details: { written_bytes: 64, read_bytes: 3 },
    });
  });
});
