import { expect, test } from "vitest";
import { fetchCode } from "./lazily.ts";

/** Code that cannot be had so many times, from a server that is there or not each time. */
function setup(failures: number, servers: readonly boolean[], reloads: readonly boolean[] = []) {
  const [left, answers] = [[...servers], [...reloads]];
  const done: string[] = [];
  let tries = 0;
  const load = async () => {
    tries += 1;
    if (tries <= failures) throw new TypeError("Failed to fetch dynamically imported module");
    return "code";
  };
  const code = fetchCode(load, {
    isServerThere: async () => left.shift() ?? true,
    reload() {
      done.push("reload");
      return answers.shift() ?? false;
    },
    async wait() {
      done.push("wait");
    },
  });
  return { code, done };
}

test("while the server is away, code is asked for again", async () => {
  const { code, done } = setup(2, [false, false]);
  expect(await code).toBe("code");
  expect(done).toEqual(["wait", "wait"]);
});

test("when the server is back and the code is still not to be had, the page is loaded anew", async () => {
  const { code, done } = setup(2, [false, true], [true]);
  expect(await code).toBe("code");
  expect(done).toEqual(["wait", "reload", "wait"]);
});

test("code that cannot be had from a new page either fails as it does", async () => {
  const { code, done } = setup(1, [true], [false]);
  await expect(code).rejects.toThrow("Failed to fetch");
  expect(done).toEqual(["reload"]);
});
