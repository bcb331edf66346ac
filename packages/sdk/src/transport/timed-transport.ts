import type { Transport } from "./transport.ts";

/** Whoever wants to know what sending costs on this thread: what is done before it waits for the server. */
export interface SendTimer {
  readonly clock: () => number;
  noteSent(records: number, ms: number): void;
}

/** The same transport; how long it takes to turn a batch into bytes counts as a cost of the monitoring. */
export function timedTransport(transport: Transport, timer: SendTimer): Transport {
  return {
    ...transport,
    send(batch) {
      const startMs = timer.clock();
      const answer = transport.send(batch);
      timer.noteSent(batch.records.length, timer.clock() - startMs);
      return answer;
    },
  };
}
