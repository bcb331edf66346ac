import type { ConnectionState } from "@playhead/client";
import { expect, test } from "vitest";
import { connectionWord, doing, lostAtOf, needsSignIn } from "./connection-words.ts";

const lost = { attempt: 1, lostAtMs: 1_000 };

test.each<readonly [ConnectionState, string, string]>([
  [{ status: "waiting", retryAtMs: 5_400, ...lost }, "Reconnecting", "The server cannot be reached. Next try in 4 s."],
  [{ status: "waiting", retryAtMs: 1_900, ...lost }, "Reconnecting", "The server cannot be reached. Trying now."],
  [{ status: "connecting", ...lost }, "Reconnecting", "Reconnecting now."],
  [{ status: "connecting", attempt: 0, lostAtMs: null }, "Connecting", "Reconnecting now."],
  [{ status: "offline", retryAtMs: 32_000, ...lost }, "Offline", "This machine has no network. Next try in 30 s."],
])("%o: %s; %s", (connection, word, said) => {
  expect(connectionWord(connection)).toBe(word);
  expect(doing(connection, 2_000)).toBe(said);
});

test("only what was live and is not has a time as of which it is", () => {
  expect(lostAtOf({ status: "waiting", retryAtMs: 2_000, ...lost })).toBe(1_000);
  expect(lostAtOf({ status: "online", attempt: 0, onlineAtMs: 0, retryWindowMs: 0 })).toBeNull();
});

test.each([
  [4500, true],
  [4501, true],
  [4504, true],
  [4503, false],
])("refused with %i: to sign in again helps: %s", (code, helps) => {
  const refused: ConnectionState = { status: "refused", code, reason: "", ...lost };
  expect(needsSignIn(refused)).toBe(helps);
  expect(connectionWord(refused)).toBe("Not connected");
});
