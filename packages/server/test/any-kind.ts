import { isJsonObject, PlayheadError } from "@playhead/core";
import type { JobKindInfo } from "../src/job-kinds/job-kinds.ts";

/** A kind of job that takes any input but one with `wrong` in it. */
export function anyKind(kind: string): JobKindInfo {
  return {
    ...{ kind, title: kind, description: `Does ${kind}.`, inputSchema: { type: "object" } },
    check(input) {
      if (isJsonObject(input) && !("wrong" in input)) return input;
      throw new PlayheadError("validation_error", "expected an input without wrong");
    },
  };
}
