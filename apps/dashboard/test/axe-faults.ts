import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The rules of {@link TAGS} that go by colours: all that another theme can break. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** What axe finds, and where. Its legacy mode looks at one frame, which is all that our pages have, in a third of the time. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  return faults(page, (axe) => axe.withTags(TAGS));
}

/** The same of colours alone: of a page that was looked at in another theme. */
export async function colourFaults(page: Page): Promise<readonly string[]> {
  return faults(page, (axe) => axe.withRules(COLOUR_RULES));
}

async function faults(page: Page, withRules: (axe: AxeBuilder) => AxeBuilder): Promise<readonly string[]> {
  expect(page.frames()).toHaveLength(1);
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  const { violations } = await withRules(axe).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
