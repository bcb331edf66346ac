import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createFrameJoiner, type SharedFrame, sharedFrame, wireOf } from "./shared-frame.ts";
import { SocketWriter } from "./socket-writer.ts";

/** What a WebSocket client makes of frames, and of one that `ws` sends after them. */
async function read(...frames: readonly SharedFrame[]): Promise<string[]> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  onTestFinished(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket, request) => {
    new SocketWriter(socket, request.socket).send(frames);
    socket.close(4000);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const got: string[] = [];
  client.on("message", (data, isBinary) => got.push(isBinary ? "binary" : String(data)));
  const code = await new Promise((resolve) => client.once("close", resolve));
  expect(code).toBe(4000);
  return got;
}

describe("what goes over a WebSocket", () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 1_000_000])("holds a text of %i bytes", async (length) => {
    const text = "x".repeat(length);
    expect(await read(sharedFrame(text))).toEqual([text]);
  });

  test("counts bytes, not letters", async () => {
    const text = "é😀".repeat(50);
    expect(await read(sharedFrame(text))).toEqual([text]);
  });

  test("stands in the order in which it was sent", async () => {
    expect(await read(...["a", "b", "c"].map(sharedFrame))).toEqual(["a", "b", "c"]);
  });

  test("is built once", () => {
    const frame = sharedFrame("a");
    expect(wireOf(frame)).toBe(wireOf(frame));
  });
});

describe("joining", () => {
  const [a, b, c] = ['"a"', '"b"', '"c"'].map(sharedFrame) as [
    ReturnType<typeof sharedFrame>,
    ReturnType<typeof sharedFrame>,
    ReturnType<typeof sharedFrame>,
  ];

  test("makes one batch of several events", () => {
    expect(JSON.parse(createFrameJoiner()([a, b]).text)).toEqual({ type: "batch", data: { events: ["a", "b"] } });
  });

  test("is done once for the same events in a row, and anew for others", () => {
    const join = createFrameJoiner();
    const first = join([a, b]);
    expect(join([a, b])).toBe(first);
    expect(join([a, c]).text).toContain('"c"');
    expect(join([a, b, c]).text).toContain('"a","b","c"');
    expect(join([a, b]).text).toBe(first.text);
  });
});
