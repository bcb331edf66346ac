import type { LiveBus, Publication } from "../bus/bus.ts";
import { type Listener, Listeners } from "../bus/listeners.ts";
import { type FrameRun, frameRun } from "./frame-run.ts";
import { type PacedSink, TickPace } from "./tick-pace.ts";

/** Told of what happens to a job, with the frames that all its viewers share. */
export type ChannelListener = Listener<FrameRun>;

export interface JobChannelsDeps {
  readonly bus: Pick<LiveBus, "subscribe" | "opened">;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
  /** Ticks of one task come at most this often. @defaultValue 250 */
  readonly tickEveryMs?: number;
}

/** What happens to a job, for all who follow it here: taken from the bus once, its ticks paced, its frames built once. */
export function createJobChannels(deps: JobChannelsDeps) {
  const channels = new Map<string, JobChannel>();
  return {
    /** See {@link LiveBus.opened}. */
    opened: deps.bus.opened,
    /** @returns ends the subscription */
    subscribe(jobId: string, listener: ChannelListener): () => void {
      const channel = channels.get(jobId) ?? new JobChannel(jobId, deps);
      channels.set(jobId, channel);
      const end = channel.listeners.add(listener);
      return () => {
        if (!end() || channel.listeners.size > 0) return;
        channel.close();
        channels.delete(jobId);
      };
    },
  };
}

export type JobChannels = ReturnType<typeof createJobChannels>;

class JobChannel implements PacedSink {
  readonly listeners = new Listeners<FrameRun>();
  readonly #pace: TickPace;
  readonly #unsubscribe: () => void;
  readonly #onError: (error: unknown) => void;

  constructor(jobId: string, { bus, nowMs, onError, tickEveryMs }: JobChannelsDeps) {
    this.#onError = onError;
    this.#pace = new TickPace({ nowMs, everyMs: tickEveryMs }, this);
    this.#unsubscribe = bus.subscribe(jobId, this.#pace);
  }

  pass(publications: readonly Publication[]): void {
    this.listeners.tell(frameRun(publications), this.#onError);
  }

  close(): void {
    this.#unsubscribe();
    this.#pace.close();
  }
}
