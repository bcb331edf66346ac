import { createSlots } from "@playhead/sdk";
import { expect, test } from "vitest";
import { createFfmpegGauges } from "./ffmpeg-gauges.ts";

test("places taken and waited for, and the speed of all together, until the end", async () => {
  const told: Record<string, number | null> = {};
  let ms = 0;
  const gauges = createFfmpegGauges((name, value) => (told[name] = value), createSlots(1), () => ms); // biome-ignore format: short
  expect(gauges.slots.size).toBe(1);
  expect(gauges.slots.acquire()).toBeNull();
  expect(told).toEqual({ ffmpeg_slots_used: 1, ffmpeg_slots_waiting: 0, ffmpeg_slot_wait_ms: 0 });
  const second = gauges.slots.acquire();
  expect(told).toMatchObject({ ffmpeg_slots_used: 1, ffmpeg_slots_waiting: 1 });
  ms = 40;
  gauges.slots.release();
  await second;
  expect(told).toMatchObject({ ffmpeg_slots_used: 1, ffmpeg_slots_waiting: 0, ffmpeg_slot_wait_ms: 40 });

  gauges.progress("a", { fps: 30, speedRatio: 1.5 });
  gauges.progress("b", { fps: 20, speedRatio: null });
  gauges.progress("a", { fps: 40, speedRatio: 2 });
  expect(told).toMatchObject({ ffmpeg_fps: 60, ffmpeg_speed_ratio: 2 });
  gauges.ended("a");
  gauges.ended("a");
  expect(told).toMatchObject({ ffmpeg_fps: 20, ffmpeg_speed_ratio: 0 });
  gauges.ended("b");
  expect(told).toMatchObject({ ffmpeg_fps: null, ffmpeg_speed_ratio: null });

  gauges.slots.release();
  expect(told.ffmpeg_slots_used).toBe(0);
  gauges.end();
  expect(new Set(Object.values(told))).toEqual(new Set([null]));
});
