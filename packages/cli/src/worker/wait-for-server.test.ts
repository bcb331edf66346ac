import { type ErrorCode, PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { waitForServer } from "./wait-for-server.ts";

const SERVER = { url: "http://localhost:1", apiKey: "k" };

/** A server whose first answers are these errors; time stands still, but for what is added to it while waiting. */
function setup(errors: readonly ErrorCode[], limitMs: number | null = null) {
  const left = [...errors];
  const controller = new AbortController();
  const waits: number[] = [];
  let nowMs = 0;
  const waiting = waitForServer(SERVER, {
    ...{ signal: controller.signal, limitMs, nowMs: () => nowMs },
    // Even waits of next to nothing: what is proven is which they would be.
    random: () => -0.998,
    async check() {
      const code = left.shift();
      if (code !== undefined) throw new PlayheadError(code, "not now");
    },
    onWait(_, waitMs) {
      waits.push(waitMs);
      nowMs += waitMs;
    },
  });
  return { waiting, waits, controller };
}

test("it is asked again and again, with growing waits up to a limit, until it is there", async () => {
  const away = Array<ErrorCode>(8).fill("server_unreachable");
  const { waiting, waits } = setup([...away, "rate_limited"]);
  await waiting;
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30]);
});

test.each<ErrorCode>(["unauthorized", "forbidden", "usage_error"])(
  "%s does not pass, and is told at once",
  async (code) => {
    const { waiting, waits } = setup(["server_unreachable", code]);
    await expect(waiting).rejects.toMatchObject({ code });
    expect(waits).toHaveLength(1);
  },
);

test("when the time is up, it is tried once more, and then told that the server cannot be reached", async () => {
  const { waiting, waits } = setup(Array<ErrorCode>(9).fill("server_unreachable"), 10);
  await expect(waiting).rejects.toMatchObject({ code: "server_unreachable" });
  expect(waits).toEqual([1, 2, 4, 3]);
});

test("whoever is told to stop does not wait", async () => {
  const { waiting, controller } = setup(["server_unreachable", "server_unreachable"]);
  controller.abort(new PlayheadError("canceled", "canceled"));
  await expect(waiting).rejects.toMatchObject({ code: "canceled" });
});
