import { expect, expectTypeOf, test } from "vitest";
import {
  createPlayhead,
  createSlots,
  currentTask,
  type JobHandle,
  type PauseGate,
  type Playhead,
  PlayheadError,
  type StepHandle,
  type TaskHandle,
  type TaskOutcome,
} from "./index.ts";

test("the public shape", () => {
  expectTypeOf(createPlayhead).returns.toEqualTypeOf<Playhead>();
  expectTypeOf<Playhead["job"]>().returns.toEqualTypeOf<JobHandle>();
  expectTypeOf(currentTask).returns.toEqualTypeOf<TaskHandle | undefined>();
  expectTypeOf(createSlots(2).size).toBeNumber();
  expect(new PlayheadError("canceled", "x").code).toBe("canceled");
});

test("callbacks' values come through with their types", () => {
  const use = async (job: JobHandle) => {
    expectTypeOf(await job.run(() => ({ clips: 3 }))).toEqualTypeOf<{ clips: number }>();
    expectTypeOf(await job.run(async ({ signal }) => signal.aborted)).toEqualTypeOf<boolean>();
    expectTypeOf(await job.task({ kind: "clip" }, async () => "text")).toEqualTypeOf<string>();
    expectTypeOf(
      await job.each([{ sec: 1 }], { weight: ({ sec }) => sec, title: "t" }, async (scene, task) => {
        expectTypeOf(scene).toEqualTypeOf<{ sec: number }>();
        expectTypeOf(await task.step("rendering", () => 1n)).toEqualTypeOf<bigint>();
        expectTypeOf(task.step("rendering")).toEqualTypeOf<StepHandle>();
        expectTypeOf(task.step("rendering", undefined, { faces: 2 })).toEqualTypeOf<StepHandle>();
        return scene.sec;
      }),
    ).toEqualTypeOf<readonly TaskOutcome<number>[]>();
  };
  expectTypeOf(use).toBeFunction();
});

test("ffmpeg's own interface of a gate fits", () => {
  interface Pausable {
    stop(): void;
    resume(): void;
  }
  interface FfmpegPauseGate {
    hold(child: Pausable): () => void;
  }
  expectTypeOf<PauseGate>().toExtend<FfmpegPauseGate>();
  expectTypeOf<JobHandle["pauseGate"]>().toExtend<FfmpegPauseGate>();
});
