import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { notificationOf } from "../../../../test/alert-notification.ts";
import { channelOf } from "../../../../test/channel-world.ts";
import { tempFolder } from "../../../../test/temp-folder.ts";

const NEVER = new AbortController().signal;
const idsIn = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).notification_id);

function setup() {
  const file = path.join(tempFolder(), "alerts.jsonl");
  const open = (more: object = {}) => channelOf({ type: "file", path: file, max_bytes: 100_000, ...more });
  const send = (channel: ReturnType<typeof open>, notification_id: string, message = "m") =>
    channel.send(notificationOf({ notification_id, message }), NEVER);
  return { file, open, send };
}

test("each notification is a line, for its owner's eyes", async () => {
  const { file, open, send } = setup();
  const channel = open();
  expect(channel.target).toBe(file);
  await Promise.all(["a", "b", "c"].map((id) => send(channel, id)));
  expect(idsIn(file)).toEqual(["a", "b", "c"]);
  expect(JSON.parse(readFileSync(file, "utf8").split("\n")[0] ?? "")).toEqual({
    ...notificationOf({ message: "m" }),
    notification_id: "a",
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("once, also when who wrote it died before it could say so, and when half a line was left", async () => {
  const { file, open, send } = setup();
  await send(open(), "a");
  appendFileSync(file, '{"notification_id":"b","tit');
  const next = open();
  expect(await send(next, "a")).toEqual({ answer: "was written before" });
  expect(await send(next, "b")).toEqual({ answer: "written" });
  expect(idsIn(file)).toEqual(["a", "b"]);
});

test("a file that is full is put aside, in place of the one before; its lines still count as written", async () => {
  const { file, open, send } = setup();
  const channel = open();
  for (let no = 0; no < 100; no += 1) await send(channel, `n${no}`, "x".repeat(1_900));
  const all = [...idsIn(`${file}.1`), ...idsIn(file)];
  expect(all).toEqual(Array.from({ length: all.length }, (_, no) => `n${100 - all.length + no}`));
  expect(statSync(file).size).toBeLessThanOrEqual(100_000);
  expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(100_000);
  const [oldest] = idsIn(`${file}.1`);
  expect(await send(open(), oldest)).toEqual({ answer: "was written before" });
});

test("a folder that is away is a reason to try again; when it is back, it works", async () => {
  const { file, open, send } = setup();
  const channel = open();
  const folder = path.dirname(file);
  rmSync(folder, { recursive: true });
  const refusal = { retryable: true, message: `expected to write ${file}, got ENOENT` };
  await expect(send(channel, "a")).rejects.toMatchObject(refusal);
  mkdirSync(folder);
  expect(await send(channel, "a")).toEqual({ answer: "written" });
});

test("no link is followed, and somebody else's permissions stay", async () => {
  const { file, open, send } = setup();
  const other = `${file}.other`;
  writeFileSync(other, "");
  symlinkSync(other, file);
  await expect(send(open(), "a")).rejects.toMatchObject({ retryable: true });
  expect(readFileSync(other, "utf8")).toBe("");
  rmSync(file);
  writeFileSync(file, "");
  chmodSync(file, 0o640);
  await send(open(), "a");
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

test("what is cut off before its turn is not written", async () => {
  const { file, open, send } = setup();
  const channel = open();
  const first = send(channel, "a");
  const cut = channel.send(notificationOf({ notification_id: "b" }), AbortSignal.abort());
  await expect(cut).rejects.toMatchObject({ retryable: true });
  await first;
  expect(idsIn(file)).toEqual(["a"]);
});

test.each(["alerts.jsonl", "/var/log/alerts.log", ""])("%j is refused as a path", (file) => {
  expect(() => channelOf({ type: "file", path: file })).toThrow(/absolute path/);
});
