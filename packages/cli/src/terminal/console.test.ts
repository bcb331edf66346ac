import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { type ConsoleOptions, createConsole, eraseReflowed, outputModeFor } from "./console.ts";
import { span } from "./line.ts";

test.each([
  { name: "a terminal", isTTY: true, environment: {}, json: false, expected: { mode: "live", colour: true } },
  { name: "a pipe", isTTY: false, environment: {}, json: false, expected: { mode: "plain", colour: false } },
  {
    name: "NO_COLOR",
    isTTY: true,
    environment: { NO_COLOR: "1" },
    json: false,
    expected: { mode: "live", colour: false },
  },
  {
    name: "NO_COLOR, empty",
    isTTY: true,
    environment: { NO_COLOR: "" },
    json: false,
    expected: { mode: "live", colour: true },
  },
  { name: "CI", isTTY: true, environment: { CI: "true" }, json: false, expected: { mode: "plain", colour: true } },
  {
    name: "CI=false",
    isTTY: true,
    environment: { CI: "false" },
    json: false,
    expected: { mode: "live", colour: true },
  },
  {
    name: "a dumb terminal",
    isTTY: true,
    environment: { TERM: "dumb" },
    json: false,
    expected: { mode: "plain", colour: false },
  },
  {
    name: "FORCE_COLOR in a pipe",
    isTTY: false,
    environment: { FORCE_COLOR: "1" },
    json: false,
    expected: { mode: "plain", colour: true },
  },
  {
    name: "FORCE_COLOR=0",
    isTTY: true,
    environment: { FORCE_COLOR: "0" },
    json: false,
    expected: { mode: "live", colour: false },
  },
  {
    name: "both",
    isTTY: true,
    environment: { FORCE_COLOR: "1", NO_COLOR: "1" },
    json: false,
    expected: { mode: "live", colour: false },
  },
  {
    name: "--json in a terminal",
    isTTY: true,
    environment: { FORCE_COLOR: "1" },
    json: true,
    expected: { mode: "json", colour: false },
  },
] as const)("$name", ({ isTTY, environment, json, expected }) => {
  expect(outputModeFor({ stdout: { isTTY }, environment, json })).toEqual(expected);
});

test("lines that became two in a narrower terminal are taken away as two", () => {
  expect(eraseReflowed(["12345678", "", "\u001b[1m12345\u001b[22m"], 4)).toBe("\r\u001b[5A\u001b[J");
});

describe("a console", () => {
  const ERASE_LINE = "\u001b[2K";
  /** All that was written since the last look. */
  function raw(stream: PassThrough): string {
    let text = "";
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) text += String(chunk);
    return text;
  }

  function setup(isTTY: boolean, json = false) {
    const stream = (extra: object) => Object.assign(new PassThrough(), { columns: 40, rows: 10, ...extra });
    const [stdout, stderr] = [stream({ isTTY }), stream({})];
    // Streams that can be written to and have a size: all that a console asks of a terminal.
    const streams = { stdout, stderr } as unknown as Pick<ConsoleOptions, "stdout" | "stderr">;
    const console = createConsole({ ...streams, environment: {}, json });
    const text = (from: PassThrough) => stripVTControlCharacters(raw(from));
    return { console, stdout, said: () => text(stdout), complained: () => text(stderr) };
  }

  test("takes away what is drawn before it says a line, and before it complains", () => {
    const { console, stdout, said, complained } = setup(true);
    console.draw(["bar 10 %"]);
    expect(said()).toBe("bar 10 %\n");
    console.say("a line");
    const [erasing = "", line] = raw(stdout).split("a line");
    expect(erasing).toContain(ERASE_LINE);
    expect(line).toBe("\n");
    console.draw(["bar 20 %"]);
    console.complain("playhead: oh");
    expect(said()).toBe("bar 20 %\n");
    expect(complained()).toBe("playhead: oh\n");
  });

  test("draws nothing into a pipe", () => {
    const { console, said } = setup(false);
    console.draw(["bar"]);
    console.say([span("done", "good")]);
    console.emit({ type: "result" });
    expect(said()).toBe("done\n");
  });

  test("with --json says JSON and nothing else", () => {
    const { console, said } = setup(true, true);
    console.say("a line");
    console.draw(["bar"]);
    console.emit({ type: "result", title: "a\nb" });
    expect(said()).toBe('{"type":"result","title":"a\\nb"}\n');
  });

  test("a reader that goes away is no error; it is told no more", () => {
    const { console, stdout, said } = setup(false);
    stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(console.closed.aborted).toBe(true);
    console.say("a line");
    expect(said()).toBe("");
  });

  test("tells of a new size, until it is asked not to", () => {
    const { console, stdout } = setup(true);
    let count = 0;
    console.onResize(() => {
      count += 1;
    });
    stdout.emit("resize");
    console.onResize(null);
    stdout.emit("resize");
    expect(count).toBe(1);
  });
});
