import type { EventRecord, ObservationRecord } from "@playhead/core";
import { createFifo, type Fifo } from "./fifo.ts";

/**
 * What a record is worth when there is no room for all. A step's change can be missed: what follows still makes sense.
 * A task's creation, start and end cannot, and even less what happens to the job. A call that is not recorded by itself
 * can be added up.
 */
export type Importance = "job" | "task" | "step" | "log" | "execution";

/** A record that has its number. */
export type NumberedRecord = (EventRecord | ObservationRecord) & { readonly n: number };

/** Records that wait to be sent, at most so many. */
export interface RecordQueue {
  size(): number;
  /**
   * Adds a record. When there is no room, the oldest calls make some, then the oldest log lines, then the oldest changes
   * of step; calls have a share of the room, and beyond it each makes room for itself. After that
   * whatever is less than a job's own fact is refused, and that, too, when half as many again are waiting.
   *
   * @returns whether the record was taken.
   */
  add(record: NumberedRecord, importance: Importance): boolean;
  /**
   * Adds calls that come together, and keeps the list, if there is room for all of them.
   *
   * @returns whether there was; else none is added.
   */
  addCalls(records: NumberedRecord[]): boolean;
  /** Takes out the oldest records, in the order of their numbers. */
  take(count: number): NumberedRecord[];
  /** Drops all calls, log lines and changes of step: there will be room for facts alone. */
  shed(): void;
}

export interface RecordQueueOptions {
  readonly capacity: number;
  /** Called for each record that is lost: one that had to make room, or one that was refused. */
  readonly onDrop: (record: NumberedRecord, importance: Importance) => void;
}

const JOB_RESERVE = 1.5;
/** Of the capacity. */
const EXECUTIONS_SHARE = 0.25;

export function createRecordQueue({ capacity, onDrop }: RecordQueueOptions): RecordQueue {
  const executions = createFifo<NumberedRecord>();
  const logs = createFifo<NumberedRecord>();
  const steps = createFifo<NumberedRecord>();
  const kept = createFifo<NumberedRecord>();
  const lanes = { job: kept, task: kept, step: steps, log: logs, execution: executions };
  const inOrder = [kept, steps, logs, executions];

  const size = () => kept.size() + steps.size() + logs.size() + executions.size();

  function dropExecution(): boolean {
    const execution = executions.shift();
    if (execution !== undefined) onDrop(execution, "execution");
    return execution !== undefined;
  }

  function makeRoom(): boolean {
    if (dropExecution()) return true;
    const log = logs.shift();
    if (log !== undefined) {
      onDrop(log, "log");
      return true;
    }
    const step = steps.shift();
    if (step !== undefined) onDrop(step, "step");
    return step !== undefined;
  }

  return {
    size,
    add(record, importance) {
      if (importance === "execution" && executions.size() >= capacity * EXECUTIONS_SHARE) dropExecution();
      const hasRoom = size() < capacity || makeRoom() || (importance === "job" && size() < capacity * JOB_RESERVE);
      if (!hasRoom) {
        onDrop(record, importance);
        return false;
      }
      lanes[importance].push(record);
      return true;
    },
    addCalls(records) {
      const hasRoom =
        executions.size() + records.length <= capacity * EXECUTIONS_SHARE && size() + records.length <= capacity;
      if (hasRoom) executions.pushAll(records);
      return hasRoom;
    },
    shed() {
      while (executions.size() + logs.size() + steps.size() > 0) makeRoom();
    },
    take(count) {
      const taken: NumberedRecord[] = [];
      while (taken.length < count) {
        const lane = oldestOf(inOrder);
        if (lane === null) break;
        // Mostly there is nothing in the others: then there is no need to look again for each.
        if (lane.size() === size()) {
          const rest = lane.shiftMany(count - taken.length);
          return taken.length === 0 ? rest : taken.concat(rest);
        }
        taken.push(lane.shift() as NumberedRecord);
      }
      return taken;
    },
  };
}

function oldestOf(lanes: readonly Fifo<NumberedRecord>[]): Fifo<NumberedRecord> | null {
  let oldest: Fifo<NumberedRecord> | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const lane of lanes) {
    const n = lane.peek()?.n ?? Number.POSITIVE_INFINITY;
    if (n < least) {
      least = n;
      oldest = lane;
    }
  }
  return oldest;
}
