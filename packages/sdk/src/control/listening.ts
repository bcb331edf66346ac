import type { CommandListener, StartsMore, Transport } from "../transport/transport.ts";

/** Listens for commands as long as there is somebody here who could obey one. */
export interface Listening {
  /**
   * @param kinds of jobs that could be started here now; with null nobody listens
   * @param more with it: the kinds that could be, were there a place for them
   */
  update(kinds: readonly string[] | null, more?: StartsMore): void;
}

interface Current {
  readonly kinds: string;
  stop: () => void;
}

export function createListening(
  transport: Pick<Transport, "onCommand">,
  source: string,
  listener: CommandListener,
): Listening {
  let current: Current | null = null;

  return {
    update(kinds, more = {}) {
      const wanted = kinds === null ? undefined : JSON.stringify([kinds, more]);
      if (wanted === current?.kinds) return;
      current?.stop();
      current = null;
      if (kinds === null || wanted === undefined) return;
      const mine: Current = { kinds: wanted, stop: () => undefined };
      current = mine;
      const stop = transport.onCommand(source, listener, kinds, more);
      // A command that has waited may have come at once, and changed what is listened to.
      if (current === mine) mine.stop = stop;
      else stop();
    },
  };
}
