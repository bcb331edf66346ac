import { expect, test } from "vitest";
import { isWorkerOf, workerKeyOf } from "./tenants.ts";

test("workers of one name in two tenants are two workers, and each is its own tenant's only", () => {
  const tenants = ["default", "acme", "acme2"];
  const keys = tenants.map((tenant) => workerKeyOf(tenant, "w-1"));
  expect(new Set(keys).size).toBe(3);
  expect(keys.map((key) => tenants.filter((tenant) => isWorkerOf(tenant, key)))).toEqual(tenants.map((each) => [each]));
});

test("workers of the default tenant go by their names, also those in this process", () => {
  expect(workerKeyOf("default", "w-1")).toBe("w-1");
  expect(isWorkerOf("default", "local:my worker")).toBe(true);
  expect(isWorkerOf("my", "local:my worker")).toBe(false);
});
