import type { EventBus, Interest } from "./event-bus.ts";

/** What a recorder records: a fact, a tick, an execution, a line. */
interface Recorded {
  readonly type: string;
  readonly ts: string;
  readonly job_id?: string;
  readonly correlation_id?: string;
  readonly data: object;
}

/** Tells a bus of what was recorded. What nobody would hear of costs a look-up by its type, and no more. */
export function createRecordTeller(bus: EventBus): (record: Recorded) => void {
  const interests = new Map<string, Interest>();
  let lastType = "";
  let interest: Interest = { isWanted: false };

  function interestIn(type: string): Interest {
    const known = interests.get(type) ?? bus.interestIn(type);
    interests.set(type, known);
    return known;
  }

  return (record) => {
    // Calls come by the thousand.
    if (record.type !== lastType) {
      lastType = record.type;
      interest = interestIn(lastType);
    }
    if (interest.isWanted) bus.publish(record.type, record.data as Readonly<Record<string, unknown>>, record);
  };
}
