import { expect, test } from "vitest";
import { type Command, findCommands, groupCommands } from "./commands.ts";

const command = (name: string, more: Partial<Command> = {}): Command => ({ id: name, name, group: "Pages", ...more });
const COMMANDS = [
  command("Overview", { words: "home" }),
  command("Jobs"),
  command("Failed jobs", { words: "errors" }),
  command("Health"),
  command("Theme: dark", { group: "Actions", words: "colours night" }),
  command("Episode 12", { group: "Recent", aside: "job_7f3a" }),
];
const names = (typed: string) => findCommands(COMMANDS, typed).map(({ name }) => name);

test.each([
  ["", COMMANDS.map(({ name }) => name)],
  ["jo", ["Jobs", "Failed jobs", "Episode 12"]],
  ["JOBS", ["Jobs", "Failed jobs"]],
  ["jobs fa", ["Failed jobs"]],
  ["home", ["Overview"]],
  ["night", ["Theme: dark"]],
  ["7f3a", ["Episode 12"]],
  ["nothing like it", []],
])("%j finds %j", (typed, expected) => expect(names(typed)).toEqual(expected));

test("groups come in their order, and empty ones not at all", () => {
  expect(groupCommands(COMMANDS).map(([group, of]) => [group, of.length])).toEqual([
    ["Recent", 1],
    ["Pages", 4],
    ["Actions", 1],
  ]);
});
