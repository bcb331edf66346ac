import type { JobState, TaskState } from "@playhead/core";
import fc from "fast-check";
import type { StoryWorker } from "./story-worker.ts";

/** Chance, as a story is made of it: which of the legal moves comes next, and how far something is. */
export const anyStory = fc.record({
  moves: fc.array(fc.record({ pick: fc.nat(), percent: fc.integer({ min: 1, max: 99 }) }), {
    minLength: 4,
    maxLength: 9,
  }),
  ending: fc.constantFrom("completed", "canceled", "failed", null),
});

/** What somebody does who looks after alerts. */
export interface Keeper {
  readonly mayAcknowledge: () => boolean;
  readonly acknowledge: () => Promise<void>;
}

interface Move {
  readonly name: string;
  readonly make: () => Promise<void>;
}

/** Moves of which a story has the more. */
const often = (...moves: readonly Move[]): readonly Move[] => [...moves, ...moves, ...moves];

/** A job as its worker knows it, which tells only what is legal. */
export function tellRandomly(worker: StoryWorker, keeper: Keeper) {
  let job: JobState = "running";
  const videos: { readonly id: string; state: TaskState; percent: number }[] = [];

  const moveJob = (state: JobState): Move => ({
    name: `job ${state}`,
    make: async () => {
      await worker.fact("job.state_changed", { new_state: state });
      job = state;
    },
  });

  function legal(percent: number): readonly Move[] {
    const moves: Move[] = [];
    if (keeper.mayAcknowledge()) moves.push(...often({ name: "alert acknowledged", make: keeper.acknowledge }));
    if (job === "pausing") return [...moves, moveJob("paused"), moveJob("running")];
    if (job === "paused") return [...moves, moveJob("running")];
    moves.push(moveJob("pausing"));
    const id = `v${videos.length + 1}`;
    const created = async () => {
      await worker.fact("video.created", { task_id: id, id, title: `Row ${id}` });
      videos.push({ id, state: "pending", percent: 0 });
    };
    moves.push(...often({ name: `${id} created`, make: created }));
    for (const video of videos) {
      const { id: task_id } = video;
      const settle = (type: "completed" | "failed" | "skipped" | "canceled", data = {}): Move => ({
        name: `${task_id} ${type}`,
        make: async () => {
          await worker.fact(`video.${type}`, { task_id, ...data });
          video.state = type;
        },
      });
      const start = async () => {
        await worker.fact("task.started", { task_id });
        video.state = "processing";
      };
      const progress = async () => {
        video.percent = Math.max(video.percent, percent);
        await worker.tick("video.updated", { task_id, percent_complete: video.percent });
      };
      const fault = { error_code: "encoder_failed", error_message: "the encoder stopped" };
      if (video.state === "pending") {
        moves.push(...often({ name: `${task_id} started`, make: start }), settle("skipped"));
      } else if (video.state === "processing") {
        moves.push(...often({ name: `${task_id} at ${percent} %`, make: progress }, settle("failed", fault)));
        moves.push(settle("completed"), settle("canceled"));
      }
    }
    return moves;
  }

  return {
    /** Makes one of the moves that are legal now. @returns which */
    async move({ pick, percent }: { readonly pick: number; readonly percent: number }): Promise<string> {
      const moves = legal(percent);
      const chosen = moves[pick % moves.length];
      if (chosen === undefined) throw new Error(`expected a legal move of a job that is ${job}`);
      await chosen.make();
      return chosen.name;
    },
    /** Brings the job to its end, from wherever it stands. */
    async end(ending: "completed" | "canceled" | "failed"): Promise<string> {
      if (ending === "completed" && job === "paused") await moveJob("running").make();
      const fault = { error_code: "disk_full", error_message: "the disk is full" };
      await worker.fact(`job.${ending}`, ending === "failed" ? fault : ending === "completed" ? { summary: {} } : {});
      return `job ${ending}`;
    },
  };
}
