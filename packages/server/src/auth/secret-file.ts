import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { PlayheadError } from "@playhead/core";

const OWNER_ONLY = 0o600;

/**
 * A secret that lives in the data folder, readable by its owner only; made when it is not there.
 *
 * @throws PlayheadError `data_unwritable` when it can be neither read nor written.
 */
export function readOrMakeSecret(
  path: string,
  make: () => string,
): { readonly secret: string; readonly isNew: boolean } {
  try {
    if (existsSync(path)) {
      const secret = readFileSync(path, "utf8").trim();
      // Also one that was put there by hand, or came out of a backup.
      chmodSync(path, OWNER_ONLY);
      if (secret !== "") return { secret, isNew: false };
    }
    const secret = make();
    writeFileSync(path, `${secret}\n`, { mode: OWNER_ONLY });
    return { secret, isNew: true };
  } catch (cause) {
    throw new PlayheadError("data_unwritable", `the key file ${path} can be neither read nor written`, {
      hint: "check the owner and the rights of the data folder",
      cause,
    });
  }
}
