import {
  applyEvent,
  createProgressTree,
  decide,
  draftOf,
  type EventType,
  emptyJob,
  type Job,
  type JobDraft,
  type JobProgress,
  type JsonObject,
  progressAt,
} from "@playhead/core";

/** Tells what happens to a job, second by second, and shows the job that a server would make of it. */
export interface JobStory {
  /** The moment of what is told next, in seconds after the job was created. */
  at(second: number): JobStory;
  /** Something that must not be lost. */
  fact(type: EventType, data?: JsonObject): JobStory;
  /** A progress value of a task. */
  tick(taskId: string, percent: number, details?: JsonObject): JobStory;
  /** The job's own progress, as the server works it out; fields given here win. */
  progress(fields?: Partial<JobProgress>): JobStory;
  /** The job by now; what was given out before stays as it was. */
  job(): Job;
  readonly nowMs: number;
}

/** When every story begins. */
export const STORY_START_MS = Date.parse("2026-11-21T10:00:00.000Z");

/** Begins a story with a job that was just created. */
export function jobStory(title = "talk.mp4", kind = "clips"): JobStory {
  let draft: JobDraft | undefined;
  let nowMs = STORY_START_MS;
  let n = 0;
  const envelope = () => ({ ts: new Date(nowMs).toISOString(), job_id: "job_1", correlation_id: "a".repeat(32) });
  const tell = (type: EventType, data: JsonObject) => {
    draft ??= draftOf(emptyJob("job_1"));
    applyEvent(draft, { ...envelope(), type, data, seq: draft.seq, tick: draft.tick + 1 });
  };

  const story: JobStory = {
    at(second) {
      nowMs = STORY_START_MS + second * 1_000;
      return story;
    },
    fact(type, data = {}) {
      n += 1;
      for (const fact of decide(draft, { ...envelope(), type, data, n })) {
        draft ??= draftOf(emptyJob("job_1"));
        applyEvent(draft, { ...envelope(), type: fact.type, data: fact.data, seq: draft.seq + 1 });
      }
      return story;
    },
    tick(taskId, percent, details) {
      const step = draft?.tasks.get(taskId)?.step ?? null;
      tell("clip.progress", {
        task_id: taskId,
        step,
        percent_complete: percent,
        ...(details !== undefined && { details }),
      });
      return story;
    },
    progress(fields = {}) {
      const job = draft ?? draftOf(emptyJob("job_1"));
      const tree = createProgressTree({ tasks: job.tasks.values() });
      tell("job.progress", { ...progressAt(job, tree.fraction(), nowMs), ...fields });
      return story;
    },
    job: () => (draft === undefined ? emptyJob("job_1") : { ...draft, tasks: new Map(draft.tasks) }),
    get nowMs() {
      return nowMs;
    },
  };
  return story.fact("job.created", { kind, title });
}

/** Declares scenes with their clips, a clip a style: `scene_1`, `scene_1_split` … */
export function declareScenes(story: JobStory, scenes: number, styles: readonly string[]): JobStory {
  for (let scene = 1; scene <= scenes; scene += 1) {
    const sceneId = `scene_${scene}`;
    story.fact("task.created", { task_id: sceneId, parent_id: null, kind: "scene", title: `Scene ${scene}` });
    for (const style of styles) {
      const fields = { scene_id: String(scene), style };
      story.fact("task.created", {
        task_id: `${sceneId}_${style}`,
        parent_id: sceneId,
        kind: "clip",
        title: style,
        fields,
      });
    }
  }
  return story;
}

/** Tells that a scene, and some of its clips, have begun to render. */
export function startClips(story: JobStory, scene: number, styles: readonly string[]): JobStory {
  const sceneId = `scene_${scene}`;
  if (story.job().tasks.get(sceneId)?.state === "pending")
    story.fact("scene.started", { task_id: sceneId, state: "processing" });
  for (const style of styles) story.fact("clip.progress", { task_id: `${sceneId}_${style}`, step: "rendering" });
  return story;
}

/** Tells that clips are done, and their scene when all are. */
export function finishClips(story: JobStory, scene: number, styles: readonly string[]): JobStory {
  const sceneId = `scene_${scene}`;
  for (const style of styles)
    story.fact("clip.progress", { task_id: `${sceneId}_${style}`, step: "complete", state: "completed" });
  const open = [...story.job().tasks.values()].some((task) => task.parent_id === sceneId && task.ended_at === null);
  if (!open) story.fact("scene.completed", { task_id: sceneId, state: "completed" });
  return story;
}
