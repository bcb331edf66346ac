interface Waiter {
  /** Served by no batch that left earlier than this one. */
  readonly serial: number;
  /** The last fact that must have been stored. */
  readonly n: number;
  complete: boolean;
  readonly finish: (delivered: boolean) => void;
}

/** Those who wait until all that was recorded before they came is stored. */
export interface FlushWaiters {
  /** @param isLast nothing is waiting: what is under way is all there is */
  wait(n: number, isLast: boolean): { readonly settled: Promise<boolean>; readonly giveUp: () => void };
  areWaiting(): boolean;
  /** A batch is sent. @returns its serial number */
  batchLeaves(): number;
  /** A batch, which held everything up to the fact `upTo`, has come to its end. */
  batchSettled(serial: number, upTo: number, delivered: boolean): void;
  /** Nothing will be stored soon: nobody need wait any longer. */
  giveUp(): void;
}

export function createFlushWaiters(): FlushWaiters {
  const waiters = new Set<Waiter>();
  let lastSerial = 0;

  return {
    wait(n, isLast) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter: Waiter = {
        serial: isLast ? lastSerial : lastSerial + 1,
        n,
        complete: true,
        finish(delivered) {
          waiters.delete(waiter);
          resolve(delivered);
        },
      };
      waiters.add(waiter);
      return { settled: promise, giveUp: () => waiter.finish(false) };
    },
    areWaiting: () => waiters.size > 0,
    batchLeaves() {
      lastSerial += 1;
      return lastSerial;
    },
    batchSettled(serial, upTo, delivered) {
      for (const waiter of waiters) {
        if (!delivered) waiter.complete = false;
        if (serial >= waiter.serial && upTo >= waiter.n) waiter.finish(waiter.complete);
      }
    },
    giveUp() {
      for (const waiter of waiters) waiter.finish(false);
    },
  };
}
