import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { oddFolder, playhead } from "../test/playhead-process.ts";

const COMMANDS = [
  "demo",
  "clips",
  "analyze",
  "serve",
  "jobs",
  "watch",
  "keys",
  "alerts",
  "health",
  "backup",
  "restore",
  "doctor",
];

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(await playhead(["--version"])).toEqual({ code: 0, stdout: [version], stderr: [] });
});

describe("help", () => {
  test("names every command, also without any argument", async () => {
    const help = await playhead(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: [] });
    for (const command of COMMANDS) expect(help.stdout.join("\n")).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
    expect(await playhead([])).toEqual(help);
  });

  test.each(COMMANDS)("of %s has examples, --json, and fits a terminal", async (command) => {
    const { code, stdout } = await playhead([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout.join("\n")).toMatch(new RegExp(`^Examples:\\n {2}# .+\\n {2}\\$ playhead ${command}`, "m"));
    expect(stdout.join("\n")).toContain("--json");
    for (const line of stdout) expect(line.length).toBeLessThanOrEqual(100);
  });
});

test("what was typed wrong is one line, with what to type instead", async () => {
  const cwd = oddFolder();
  const table = [
    { args: ["serv"], line: "playhead: unknown command 'serv'. Did you mean serve?" },
    { args: ["nonsense"], line: "playhead: unknown command 'nonsense'. See playhead --help." },
    { args: ["serve", "--prot", "1"], line: "playhead: unknown option '--prot'. Did you mean --port?" },
    { args: ["clips"], line: "playhead: missing required argument 'input'. See playhead clips --help." },
    { args: ["clips", "a", "b"], line: /^playhead: too many arguments for 'clips'\. .*See playhead clips --help\.$/ },
    {
      args: ["jobs", "--limit", "0"],
      line: /^playhead: option '--limit <number>' argument '0' is invalid\. Expected a whole number/,
    },
    { args: ["jobs", "--state", "done"], line: /argument 'done' is invalid\. Expected states out of pending, running/ },
    {
      args: ["serve", "--port"],
      line: "playhead: option '--port <number>' argument missing. See playhead serve --help.",
    },
  ];
  for (const { args, line } of table) {
    const end = await playhead(args, { cwd });
    expect({ args, ...end }).toEqual({
      args,
      code: 2,
      stdout: [],
      stderr: [typeof line === "string" ? line : expect.stringMatching(line)],
    });
  }
});
