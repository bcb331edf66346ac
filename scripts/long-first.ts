import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take half a minute and more on a quiet machine: one that begins last is waited for by all others. */
export const LONG = [
  "packages/pipelines/src/odd-media.system.test.ts",
  "apps/dashboard/test/accessibility.browser.test.ts",
  "apps/dashboard/test/dashboard.browser.test.ts",
  "packages/pipelines/src/bulk/kill.system.test.ts",
  "packages/cli/src/commands/clips.system.test.ts",
  "packages/cli/src/commands/history.system.test.ts",
  "tests/killed.system.test.ts",
  "apps/dashboard/test/new-job-page.browser.test.ts",
  "packages/cli/src/commands/demo.system.test.ts",
  "packages/cli/src/commands/serve.system.test.ts",
  "packages/cli/src/commands/worker-killed.system.test.ts",
  "tests/chaos.system.test.ts",
] as const;

/** Its place among the long ones; after all of them when it is none. */
function placeOf(file: string): number {
  const place = LONG.findIndex((each) => file.endsWith(`/${each}`));
  return place < 0 ? LONG.length : place;
}

/** Puts the long files first, the longest before all; the others stay in their order. */
export const longFirst = <File extends { readonly moduleId: string }>(files: readonly File[]): File[] =>
  files.toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId));

/** The order in which files begin: as ever, but for the long ones. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longFirst(await super.sort(files));
  }
}
