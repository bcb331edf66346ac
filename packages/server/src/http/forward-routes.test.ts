import { expect, test } from "vitest";
import { ROUTES } from "../../test/routes.ts";
import { FORWARDED } from "./forward-routes.ts";

/** The pages, which each node has itself. */
const PAGES = "GET /*";

test.each(ROUTES.filter(({ route }) => route !== PAGES))("$route reaches the engine through any node", ({ route }) => {
  const [, path = ""] = route.split(" ");
  const isPassedOn = (url: string) => (url.endsWith("*") ? path.startsWith(url.slice(0, -1)) : path === url);
  expect(FORWARDED.filter(isPassedOn)).not.toEqual([]);
});
