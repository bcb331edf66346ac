import type { ExecutionCategory, JsonObject } from "@playhead/core";
import type { Site } from "./execution.ts";

/** What of a function's calls is recorded. */
export interface SiteOptions {
  readonly name: string;
  readonly category: ExecutionCategory;
  readonly takesParameters?: boolean;
  readonly takesResult?: boolean;
  readonly takesCost?: boolean;
  readonly metadata?: JsonObject | null;
  readonly parameterNames?: () => readonly string[];
}

const noNames = (): readonly string[] => [];

export function createSite(options: SiteOptions): Site {
  return {
    name: options.name,
    category: options.category,
    takesParameters: options.takesParameters ?? false,
    takesResult: options.takesResult ?? false,
    takesCost: options.takesCost ?? false,
    metadata: options.metadata ?? null,
    parameterNames: options.parameterNames ?? noNames,
    account: null,
  };
}

/** Of what others have measured, and only name. */
export function plainSite(name: string, category: ExecutionCategory): Site {
  return createSite({ name, category });
}
