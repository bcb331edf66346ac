import { PlayheadError } from "@playhead/sdk";
import { blurBackground } from "./blur-background.ts";
import { centerFocus } from "./center-focus.ts";
import { leftFocus } from "./left-focus.ts";
import { original } from "./original.ts";
import { rightFocus } from "./right-focus.ts";
import { split } from "./split.ts";
import type { StyleProcessor } from "./style.ts";

/** The styles there are. Users hand their own to `runClips`. */
export const STYLES: readonly StyleProcessor[] = [original, centerFocus, leftFocus, rightFocus, blurBackground, split];

/**
 * The styles of the given names, each once, in that order.
 *
 * @throws PlayheadError `style_unknown` that names the first unknown one and all known ones
 */
export function findStyles(names: readonly string[], known: readonly StyleProcessor[]): readonly StyleProcessor[] {
  const byName = new Map(known.map((style) => [style.name, style]));
  return [...new Set(names)].map((name) => {
    const style = byName.get(name);
    if (style !== undefined) return style;
    throw new PlayheadError("style_unknown", `there is no style "${name}"`, {
      hint: `choose from ${[...byName.keys()].join(", ")}`,
    });
  });
}
