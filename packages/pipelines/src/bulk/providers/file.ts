import { fillIn } from "../template/placeholders.ts";
import type { FileSettings } from "./file-settings.ts";
import type { Provider, ProviderContext } from "./provider.ts";

/** Takes a file that is there. A row whose name for it is empty has none. */
export function openFileProvider({ file }: FileSettings, { fileOf }: ProviderContext): Provider {
  return {
    async make({ row }) {
      const name = fillIn(file, row).trim();
      return name === "" ? null : fileOf(name);
    },
  };
}
