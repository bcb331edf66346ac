import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { namedServer, serverToAsk } from "./find-history.ts";
import { announceServer, findRunningServer, reachableUrl, readAccessKey } from "./running-server.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "playhead-running-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const url = "http://127.0.0.1:8765";

test("a server is found while it is announced, by its owner only", () => {
  expect(findRunningServer(data)).toBeNull();
  const withdraw = announceServer(data, { url, pid: process.pid });
  expect(findRunningServer(data)).toEqual({ url, pid: process.pid });
  expect(statSync(join(data, "server.json")).mode & 0o777).toBe(0o600);
  withdraw();
  expect(existsSync(join(data, "server.json"))).toBe(false);
});

test("one that was killed is not found", async () => {
  const child = spawn(process.execPath, ["--eval", ""]);
  await once(child, "exit");
  announceServer(data, { url, pid: child.pid ?? 0 });
  expect(findRunningServer(data)).toBeNull();
});

test("a later server's word is left alone", () => {
  const withdraw = announceServer(data, { url, pid: process.pid });
  announceServer(data, { url: "http://127.0.0.1:9000", pid: process.ppid });
  withdraw();
  expect(findRunningServer(data)?.url).toBe("http://127.0.0.1:9000");
});

test.each(["", "{", "[]", '{"url":1,"pid":1}', '{"url":"http://x"}'])("a file of %j is none", (text) => {
  writeFileSync(join(data, "server.json"), text);
  expect(findRunningServer(data)).toBeNull();
});

test("the key, without the line's end", () => {
  expect(readAccessKey(data)).toBeNull();
  writeFileSync(join(data, "access-key"), "ph_key\n");
  expect(readAccessKey(data)).toBe("ph_key");
});

test.each([
  { from: "http://0.0.0.0:8765/?key=k", to: "http://127.0.0.1:8765/?key=k" },
  { from: "http://[::]:8765", to: "http://[::1]:8765" },
  { from: "http://127.0.0.1:8765", to: "http://127.0.0.1:8765" },
])("$from is reached at $to", ({ from, to }) => {
  expect(reachableUrl(from)).toBe(to);
});

test.each([
  {
    name: "flags",
    flags: { server: url, key: "k1" },
    environment: { PLAYHEAD_SERVER: "http://other", PLAYHEAD_KEY: "k2" },
    expected: { url, apiKey: "k1" },
  },
  {
    name: "environment",
    flags: {},
    environment: { PLAYHEAD_SERVER: url, PLAYHEAD_KEY: "k2" },
    expected: { url, apiKey: "k2" },
  },
  {
    name: "this machine's own key, on this machine",
    flags: { server: "http://localhost:8765" },
    environment: {},
    expected: { url: "http://localhost:8765", apiKey: "own" },
  },
  { name: "nothing", flags: {}, environment: {}, expected: null },
])("the server to ask is named by $name", ({ flags, environment, expected }) => {
  writeFileSync(join(data, "access-key"), "own");
  expect(namedServer({ flags, environment, config: { data } })).toEqual(expected);
});

test("this machine's own key is shown to no other machine", () => {
  writeFileSync(join(data, "access-key"), "own");
  const ask = () => namedServer({ flags: { server: "https://playhead.internal" }, environment: {}, config: { data } });
  expect(ask).toThrow(expect.objectContaining({ code: "unauthorized" }));
});

test.each(["playhead.internal", "ftp://playhead.internal", "localhost:8765"])("%s is no address", (server) => {
  const ask = () => namedServer({ flags: { server, key: "k" }, environment: {}, config: { data } });
  expect(ask).toThrow(expect.objectContaining({ code: "usage_error" }));
});

test("without a name it is the server of the data folder", () => {
  const question = { flags: {}, environment: {}, config: { data } };
  expect(serverToAsk(question)).toBeNull();
  announceServer(data, { url, pid: process.pid });
  writeFileSync(join(data, "access-key"), "own");
  expect(serverToAsk(question)).toEqual({ url, apiKey: "own" });
});
