import type { PartSettings } from "../template/template.ts";
import { openFileProvider } from "./file.ts";
import { openHttpProvider } from "./http.ts";
import type { Provider, ProviderContext } from "./provider.ts";

/**
 * Opens the provider that a template asks for.
 *
 * @param path where it stands in the template
 * @throws PlayheadError `template_invalid`
 */
export function openProvider(settings: PartSettings, path: string, context: ProviderContext): Provider {
  switch (settings.provider) {
    case "file":
      return openFileProvider(settings, context);
    case "http":
      return openHttpProvider(settings, path, context);
  }
}
