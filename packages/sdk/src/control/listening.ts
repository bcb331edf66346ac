import type { CommandListener, Transport } from "../transport/transport.ts";

/** Listens for commands as long as there is somebody here who could obey one. */
export interface Listening {
  /** @param kinds of jobs that could be started here now; with null nobody listens */
  update(kinds: readonly string[] | null): void;
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
    update(kinds) {
      if (kinds?.join() === current?.kinds) return;
      current?.stop();
      current = null;
      if (kinds === null) return;
      const mine: Current = { kinds: kinds.join(), stop: () => undefined };
      current = mine;
      const stop = transport.onCommand(source, listener, kinds);
      // A command that has waited may have come at once, and changed what is listened to.
      if (current === mine) mine.stop = stop;
      else stop();
    },
  };
}
