import type { Artifact, Job, Task } from "@playhead/core";
import { lookOfStep, spell } from "../../ui/step-words.ts";

/** Something that is at work, or done. */
export interface SharePart {
  readonly taskId: string;
  readonly name: string;
  /** What it is part of; null where it stands by itself. */
  readonly within: string | null;
}

/** Something at work: what is being done to it, and how far that is. */
export interface PartAtWork extends SharePart {
  readonly step: string | null;
  readonly percent: number;
}

/** Something done, with the address of its picture; null where there is none. */
export interface PartDone extends SharePart {
  readonly picture: string | null;
}

export interface ShareParts {
  readonly atWork: readonly PartAtWork[];
  /** The newest first. */
  readonly done: readonly PartDone[];
}

/** What there is to look at while one waits: the leaves of the job's tree, those at work and those that are made. */
export function sharePartsOf(job: Pick<Job, "tasks">): ShareParts {
  const atWork: PartAtWork[] = [];
  const done: (PartDone & { readonly endedAt: string })[] = [];
  for (const task of job.tasks.values()) {
    if (task.child_count > 0) continue;
    const part = { taskId: task.task_id, name: nameOf(task), within: parentOf(job, task) };
    if (task.state === "processing") {
      const step = task.step === null ? null : lookOfStep(task.step).word;
      atWork.push({ ...part, step, percent: task.percent_complete });
    } else if (task.state === "completed" && isMade(task)) {
      done.push({ ...part, picture: pictureOf(task.artifacts), endedAt: task.ended_at ?? "" });
    }
  }
  return { atWork, done: done.sort((a, b) => b.endedAt.localeCompare(a.endedAt)) };
}

/** Stages and steps are ways to something; clips, videos and what users call their own are it. */
function isMade({ kind, artifacts }: Task): boolean {
  return artifacts.length > 0 || (kind !== "stage" && kind !== "step" && kind !== "scene");
}

/** Only what lies on the server itself: pages may load pictures from nowhere else. */
function pictureOf(artifacts: readonly Artifact[]): string | null {
  const isPicture = ({ type, mime_type }: Artifact) => type === "thumbnail" || mime_type?.startsWith("image/") === true;
  return artifacts.find((artifact) => isPicture(artifact) && artifact.url?.startsWith("/media/"))?.url ?? null;
}

function nameOf({ title }: Pick<Task, "title">): string {
  return /^[a-z0-9]+(_[a-z0-9]+)*$/.test(title) ? spell(title) : title;
}

function parentOf(job: Pick<Job, "tasks">, { parent_id }: Task): string | null {
  const parent = parent_id === null ? undefined : job.tasks.get(parent_id);
  return parent === undefined ? null : nameOf(parent);
}
