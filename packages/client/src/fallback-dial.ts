import type { Clock } from "./clock.ts";
import { onDemand } from "./on-demand.ts";
import { ABNORMAL_CLOSE, type Dial, type Link } from "./transport.ts";
import { MAX_FAILURES, watchDial } from "./transport-watch.ts";

/**
 * Dials with the first, until it has failed three times in a row; then the code of the others is fetched, and they go on
 * from there.
 *
 * @param first Null begins with the others.
 */
export function fallbackDial(first: Dial | null, clock: Pick<Clock, "nowMs">, loadOthers: () => Promise<Dial>): Dial {
  let failures = 0;
  const watched =
    first &&
    watchDial(first, clock, (failed) => {
      failures = failed ? failures + 1 : 0;
    });

  const load = onDemand(() =>
    loadOthers().catch((error) => {
      // The first gets another chance, and then this does.
      failures = MAX_FAILURES - 1;
      throw error;
    }),
  );

  const dialOthers = dialOnceLoaded(load);
  return (token, handlers) => (watched && failures < MAX_FAILURES ? watched : dialOthers)(token, handlers);
}

function dialOnceLoaded(load: () => Promise<Dial>): Dial {
  return (token, handlers) => {
    let link: Link | null = null;
    let wanted = true;
    load().then(
      (dial) => {
        if (wanted) link = dial(token, handlers);
      },
      () => wanted && handlers.onClosed(ABNORMAL_CLOSE, "the transport could not be loaded"),
    );
    return {
      send: (frame) => link?.send(frame),
      close() {
        wanted = false;
        link?.close();
      },
    };
  };
}
