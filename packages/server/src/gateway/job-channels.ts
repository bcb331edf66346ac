import type { Bus, Publication } from "../bus/bus.ts";
import { type FrameRun, frameRun } from "./frame-run.ts";
import { createTickPace } from "./tick-pace.ts";

/** Told of what happens to a job, with the frames that all its viewers share. */
export type ChannelListener = (run: FrameRun) => void;

export interface JobChannelsDeps {
  readonly bus: Pick<Bus, "subscribe">;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
  /** Ticks of one task come at most this often. @defaultValue 250 */
  readonly tickEveryMs?: number;
}

/** What happens to a job, for all who follow it here: taken from the bus once, its ticks paced, its frames built once. */
export function createJobChannels({ bus, nowMs, onError, tickEveryMs }: JobChannelsDeps) {
  const channels = new Map<string, ReturnType<typeof open>>();

  function open(jobId: string) {
    /** Each subscription is its own, also of a function that is subscribed already. */
    const listeners = new Set<{ readonly listener: ChannelListener }>();
    const pace = createTickPace({ nowMs, everyMs: tickEveryMs, emit: tellAll });
    const unsubscribe = bus.subscribe(jobId, pace.take);

    function tellAll(publications: readonly Publication[]): void {
      const run = frameRun(publications);
      for (const { listener } of listeners) {
        try {
          listener(run);
        } catch (error) {
          onError(error);
        }
      }
    }

    return {
      listeners,
      close(): void {
        unsubscribe();
        pace.close();
      },
    };
  }

  return {
    /** @returns ends the subscription */
    subscribe(jobId: string, listener: ChannelListener): () => void {
      const channel = channels.get(jobId) ?? open(jobId);
      channels.set(jobId, channel);
      const own = { listener };
      channel.listeners.add(own);
      return () => {
        if (!channel.listeners.delete(own) || channel.listeners.size > 0) return;
        channel.close();
        channels.delete(jobId);
      };
    },
  };
}

export type JobChannels = ReturnType<typeof createJobChannels>;
