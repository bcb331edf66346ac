import { expect, test } from "vitest";
import { ROUTES } from "../../test/routes.ts";
import { FORWARDED } from "./forward-routes.ts";

/** The pages, and figures of itself. */
const OF_EACH_NODE: ReadonlySet<string> = new Set(["GET /*", "GET /metrics"]);

test.each(ROUTES.filter(({ route }) => !OF_EACH_NODE.has(route)))(
  "$route reaches the engine through any node",
  ({ route }) => {
    const [, path = ""] = route.split(" ");
    const isPassedOn = (url: string) => (url.endsWith("*") ? path.startsWith(url.slice(0, -1)) : path === url);
    expect(FORWARDED.filter(isPassedOn)).not.toEqual([]);
  },
);
