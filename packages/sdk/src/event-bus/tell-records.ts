import { EVENT_TYPES } from "@playhead/core";
import type { EventBus, Interest } from "./event-bus.ts";

const TICK_TYPES = Object.entries(EVENT_TYPES).flatMap(([type, { class: kind }]) => (kind === "fact" ? [] : [type]));

/** What a recorder records: a fact, a tick, an execution, a line. */
interface Recorded {
  readonly type: string;
  readonly ts: string;
  readonly job_id?: string;
  readonly correlation_id?: string;
  readonly data: object;
}

/** Tells a bus of what was recorded. What nobody would hear of costs a look-up by its type, and no more. */
export function createRecordTeller(bus: EventBus) {
  const interests = new Map<string, Interest>();
  let lastType = "";
  let interest: Interest = { isWanted: false };

  function interestIn(type: string): Interest {
    const known = interests.get(type) ?? bus.interestIn(type);
    interests.set(type, known);
    return known;
  }

  return {
    tell(record: Recorded): void {
      // Calls come by the thousand.
      if (record.type !== lastType) {
        lastType = record.type;
        interest = interestIn(lastType);
      }
      if (interest.isWanted) bus.publish(record.type, record.data as Readonly<Record<string, unknown>>, record);
    },
    /** Whether somebody hears of progress at the moment. */
    areTicksHeard: () => TICK_TYPES.some((type) => interestIn(type).isWanted),
  };
}
