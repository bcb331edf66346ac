import { PlayheadError } from "@playhead/sdk";
import { blurBackground } from "./blur-background.ts";
import { centerFocus } from "./center-focus.ts";
import { intelligent } from "./intelligent.ts";
import { intelligentSplit } from "./intelligent-split.ts";
import { leftFocus } from "./left-focus.ts";
import { original } from "./original.ts";
import { rightFocus } from "./right-focus.ts";
import { split } from "./split.ts";
import type { StyleProcessor } from "./style.ts";

/** The styles there are. Users hand their own to `runClips`. */
export const STYLES: readonly StyleProcessor[] = [
  ...[original, centerFocus, leftFocus, rightFocus, blurBackground, split],
  ...[intelligent, intelligentSplit],
];

/** Names are part of file names, too. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * The styles to be used.
 *
 * @param names each is taken once, in this order; undefined for all
 * @param extra the user's own
 * @throws PlayheadError `style_unknown` that names the first unknown one and all known ones, or that none is wanted;
 * `invalid_request` for a style of the user's that cannot be listed
 */
export function findStyles(
  names: readonly string[] | undefined,
  extra: readonly StyleProcessor[] = [],
): readonly StyleProcessor[] {
  const byName = new Map(STYLES.map((style) => [style.name, style]));
  for (const style of extra) {
    const fault = faultOf(style, byName);
    if (fault !== null) throw new PlayheadError("invalid_request", `a style of yours is wrong: ${fault}`);
    byName.set(style.name, style);
  }
  const wanted = [...new Set(names ?? byName.keys())];
  const hint = `choose from ${[...byName.keys()].join(", ")}`;
  if (wanted.length === 0) throw new PlayheadError("style_unknown", "no style was chosen", { hint });
  return wanted.map((name) => {
    const style = byName.get(name);
    if (style !== undefined) return style;
    throw new PlayheadError("style_unknown", `there is no style ${JSON.stringify(name)}`, { hint });
  });
}

function faultOf({ name, cost }: StyleProcessor, known: ReadonlyMap<string, StyleProcessor>): string | null {
  if (!NAME.test(name))
    return `expected name to be 1 to 40 lowercase letters, digits or underscores, got ${JSON.stringify(name)}`;
  if (known.has(name)) return `expected a name that is not taken, got "${name}"`;
  if (!(cost > 0 && Number.isFinite(cost))) return `expected the cost of "${name}" to be over 0, got ${String(cost)}`;
  return null;
}
