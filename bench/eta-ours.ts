import { createForecastHistory, createJobForecaster, createShownEta } from "@playhead/core";
import type { Method } from "./eta-replay.ts";
import type { Trace } from "./eta-traces.ts";

export interface OursOptions {
  readonly name: string;
  /** Whether what earlier jobs taught is known. */
  readonly hasHistory: boolean;
  /** As viewers are told it: steadier. */
  readonly isShown: boolean;
}

/** Our own forecasts. */
export function ours({ name, hasHistory, isShown }: OursOptions): Method {
  const shared = createForecastHistory();
  return {
    name,
    begin(trace: Trace) {
      const history = hasHistory ? shared : createForecastHistory();
      const forecaster = createJobForecaster({ history, template: trace.family, slots: trace.slots });
      const shown = createShownEta();
      let pausedSec = 0;
      let pausedAt: number | null = null;
      const activeOf = (atSec: number) => atSec - pausedSec - (pausedAt === null ? 0 : atSec - pausedAt);
      /** What waits for all others does so one after the other. */
      let waiters = 0;
      const phaseOf = ({ isLast }: Trace["items"][number]) => (isLast ? ++waiters : 0);
      const add = (from: number, count: number) => {
        for (const item of trace.items.slice(from, from + count)) forecaster.add(item, { phase: phaseOf(item) });
      };
      add(0, trace.atFirst);
      forecaster.begun();
      return {
        on(event) {
          const activeSec = activeOf(event.atSec);
          switch (event.type) {
            case "started":
              return forecaster.started(event.item, activeSec, event.sizes);
            case "progressed":
              return forecaster.progressed(event.item, event.fraction, activeSec);
            case "ended":
              return forecaster.ended(event.item, activeSec);
            case "failed":
              return forecaster.failed(event.item, activeSec);
            case "found":
              return add(event.first, event.count);
            case "limited":
              return forecaster.limited(activeSec, activeOf(event.untilSec));
            case "paused":
              pausedAt = event.atSec;
              return;
            case "resumed":
              pausedSec += event.atSec - (pausedAt ?? event.atSec);
              pausedAt = null;
              return;
            default:
              return forecaster.finish(activeSec);
          }
        },
        ask(atSec) {
          const activeSec = activeOf(atSec);
          const forecast = forecaster.forecast(activeSec);
          return isShown ? shown.show(activeSec, forecast) : forecast;
        },
      };
    },
  };
}
