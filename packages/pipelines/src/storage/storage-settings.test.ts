import { PlayheadError } from "@playhead/sdk";
import { expect, test } from "vitest";
import { openStorage } from "./open-storage.ts";
import { parseStorage } from "./storage-settings.ts";

test.each([
  { text: "folder:/srv/clips", expected: { kind: "folder", folder: "/srv/clips" }, title: "folder clips" },
  { text: "folder:clips", expected: { kind: "folder", folder: `${process.cwd()}/clips` }, title: "folder clips" },
  { text: "s3://media", expected: { kind: "s3", bucket: "media", prefix: "" }, title: "bucket media" },
  { text: "s3://media/a/b/", expected: { kind: "s3", bucket: "media", prefix: "a/b" }, title: "bucket media" },
  { text: "s3://my.media-1//été", expected: { bucket: "my.media-1", prefix: "été" }, title: "bucket my.media-1" },
])("$text", ({ text, expected, title }) => {
  const settings = parseStorage(text, {});
  expect(settings).toMatchObject(expected);
  expect(openStorage(settings).title).toBe(title);
});

test("where it is and how to get in come from the environment, and from nowhere else", () => {
  const environment = {
    PLAYHEAD_STORAGE_ENDPOINT: "https://account.r2.example",
    PLAYHEAD_STORAGE_ACCESS_KEY_ID: "id",
    PLAYHEAD_STORAGE_SECRET_ACCESS_KEY: "secret",
    PLAYHEAD_STORAGE_PUBLIC_URL: "https://cdn.example",
    AWS_REGION: "eu-central-1",
    AWS_ENDPOINT_URL: "https://other.example",
  };
  expect(parseStorage("s3://media", environment)).toEqual({
    ...{ kind: "s3", bucket: "media", prefix: "", endpoint: "https://account.r2.example", region: "eu-central-1" },
    ...{ accessKeyId: "id", secretAccessKey: "secret", publicUrl: "https://cdn.example" },
  });
  expect(parseStorage("folder:/a", environment)).toEqual({
    ...{ kind: "folder", folder: "/a", publicUrl: "https://cdn.example" },
  });
});

test.each([
  { text: "" },
  { text: "folder:" },
  { text: "/srv/clips" },
  { text: "s3:media" },
  { text: "s3://" },
  { text: "s3://Media" },
  { text: "s3://m" },
  { text: "s3://key:secret@media/x" },
  { text: "s3://media/../other" },
  { text: "s3://media/a\nb" },
  { text: "https://media.example/x" },
  { text: "s3://media", environment: { PLAYHEAD_STORAGE_ENDPOINT: "file:///etc" } },
  { text: "folder:/a", environment: { PLAYHEAD_STORAGE_PUBLIC_URL: "cdn" } },
])("$text is no storage", ({ text, environment = {} }) => {
  const parse = () => parseStorage(text, environment as Record<string, string>);
  expect(parse).toThrow(PlayheadError);
  expect(parse).toThrow(expect.objectContaining({ code: "usage_error", message: expect.stringMatching(/^expected /) }));
});
