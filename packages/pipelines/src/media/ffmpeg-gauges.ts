import type { FfmpegProgress } from "@playhead/ffmpeg";
import type { Playhead, Slots } from "@playhead/sdk";

/** What goes into the samples of the machine about the ffmpegs of a run. */
export interface FfmpegGauges {
  /** The places that they run in, watched. */
  readonly slots: Slots;
  /** How fast one of them is. */
  progress(clipId: string, progress: Pick<FfmpegProgress, "fps" | "speedRatio">): void;
  /** It runs no more. */
  ended(clipId: string): void;
  /** None runs any more: the gauges go. */
  end(): void;
}

const NAMES = ["ffmpeg_slots_used", "ffmpeg_slots_waiting", "ffmpeg_slot_wait_ms", "ffmpeg_fps", "ffmpeg_speed_ratio"];

/**
 * Tells as gauges how many places are taken, how many clips wait for one, how long the last one waited, and how fast all
 * ffmpegs are together. Of several runs in one process the latest counts.
 *
 * @param nowMs with fractions, from any start
 */
export function createFfmpegGauges(gauge: Playhead["gauge"], slots: Slots, nowMs: () => number): FfmpegGauges {
  const speeds = new Map<string, { readonly fps: number; readonly speedRatio: number }>();
  let used = 0;
  let waiting = 0;

  function tellSlots(): void {
    gauge("ffmpeg_slots_used", used);
    gauge("ffmpeg_slots_waiting", waiting);
  }

  function tellSpeeds(): void {
    const all = [...speeds.values()];
    gauge("ffmpeg_fps", all.length === 0 ? null : all.reduce((sum, { fps }) => sum + fps, 0));
    gauge("ffmpeg_speed_ratio", all.length === 0 ? null : all.reduce((sum, { speedRatio }) => sum + speedRatio, 0));
  }

  function taken(waitMs: number): void {
    used += 1;
    gauge("ffmpeg_slot_wait_ms", waitMs);
    tellSlots();
  }

  return {
    slots: {
      size: slots.size,
      acquire() {
        const place = slots.acquire();
        if (place === null) {
          taken(0);
          return null;
        }
        const sinceMs = nowMs();
        waiting += 1;
        tellSlots();
        return place.then(() => {
          waiting -= 1;
          taken(nowMs() - sinceMs);
        });
      },
      release() {
        used -= 1;
        tellSlots();
        slots.release();
      },
    },
    progress(clipId, { fps, speedRatio }) {
      speeds.set(clipId, { fps: fps ?? 0, speedRatio: speedRatio ?? 0 });
      tellSpeeds();
    },
    ended(clipId) {
      if (speeds.delete(clipId)) tellSpeeds();
    },
    end() {
      for (const name of NAMES) gauge(name, null);
    },
  };
}
