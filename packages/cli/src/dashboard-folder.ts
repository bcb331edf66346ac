import { basename, join } from "node:path";

/**
 * Where the built dashboard lies: beside the built code in a published package, in the repository's `apps` while the
 * sources run as they are.
 *
 * @param codeFolder the folder of the running code
 */
export function dashboardFolder(codeFolder: string = import.meta.dirname): string {
  const isBuilt = basename(codeFolder) === "dist";
  return isBuilt ? join(codeFolder, "dashboard") : join(codeFolder, "..", "..", "..", "apps", "dashboard", "dist");
}
