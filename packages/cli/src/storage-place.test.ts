import { configSchema } from "@playhead/server";
import { expect, test } from "vitest";
import { configuredStorage, type UploadFlags, uploadPlace } from "./storage-place.ts";

const configOf = (storage: object = {}) => configSchema.parse({ storage });
const KEYS = {
  region: "eu-central-1",
  endpoint: "https://r2.example",
  access_key_id: "id",
  secret_access_key: "secret",
};

test.each<{ name: string; flags: UploadFlags; storage?: object; expected: object | null }>([
  { name: "nothing is said", flags: {}, storage: { url: "folder:/srv/media" }, expected: null },
  { name: "a folder", flags: { upload: "folder:/srv/media" }, expected: { kind: "folder", folder: "/srv/media" } },
  {
    name: "a folder that people get at an address",
    flags: { upload: "folder:/srv/media", publicUrl: "https://cdn.example/m" },
    expected: { kind: "folder", folder: "/srv/media", publicUrl: "https://cdn.example/m" },
  },
  {
    name: "a bucket, with keys of the configuration",
    flags: { upload: "s3://media/talks" },
    storage: KEYS,
    expected: {
      ...{ kind: "s3", bucket: "media", prefix: "talks", endpoint: "https://r2.example", region: "eu-central-1" },
      ...{ accessKeyId: "id", secretAccessKey: "secret" },
    },
  },
  {
    name: "what is configured",
    flags: { upload: "configured" },
    storage: { url: "folder:/srv/a", public_url: "https://a.example" },
    expected: { kind: "folder", folder: "/srv/a", publicUrl: "https://a.example" },
  },
  {
    name: "what is configured, at another address",
    flags: { upload: "configured", publicUrl: "http://b.example" },
    storage: { url: "folder:/srv/a", public_url: "https://a.example" },
    expected: { kind: "folder", folder: "/srv/a", publicUrl: "http://b.example" },
  },
])("--upload: $name", async ({ flags, storage, expected }) => {
  const place = await uploadPlace(flags, configOf(storage));
  if (expected === null) expect(place).toBeNull();
  else expect(place).toMatchObject(expected);
});

test.each<{ name: string; flags: UploadFlags; message: RegExp }>([
  { name: "nothing is configured", flags: { upload: "configured" }, message: /^no storage is configured$/ },
  { name: "an address alone", flags: { publicUrl: "https://cdn.example" }, message: /--public-url .* --upload alone/ },
  {
    name: "an address that is none",
    flags: { upload: "folder:/srv/media", publicUrl: "cdn.example" },
    message: /http or https address, got "cdn.example"/,
  },
  {
    name: "an address that browsers would run",
    flags: { upload: "folder:/srv/media", publicUrl: "javascript:alert(1)" },
    message: /http or https address/,
  },
  { name: "a place of no known kind", flags: { upload: "ftp://a/b" }, message: /ftp:\/\/a\/b/ },
  { name: "a bucket without a name", flags: { upload: "s3://" }, message: /name of a bucket .*, got ""/ },
])("--upload is refused: $name", async ({ flags, message }) => {
  const refused = uploadPlace(flags, configOf());
  await expect(refused).rejects.toMatchObject({ code: "usage_error", message: expect.stringMatching(message) });
});

test("no storage is configured until there is one", async () => {
  expect(await configuredStorage(configOf())).toBeNull();
});
