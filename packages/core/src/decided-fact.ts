import type { EventType } from "./event.ts";
import type { JsonObject } from "./json.ts";

/** A fact that has been accepted and waits for its number. */
export interface DecidedFact {
  readonly type: EventType;
  readonly data: JsonObject;
}
