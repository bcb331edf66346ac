/** Over MAX_TASKS_PER_JOB, with room; a power of two, so that ids are easy to read in hexadecimal. */
const PLACES_PER_JOB = 2 ** 18;

/** The row of a job's task by its place, from 0 on, among the job's tasks. */
export function taskRowId(jobNo: number, place: number): number {
  return jobNo * PLACES_PER_JOB + place;
}

/** The first and the last row that a task of the job can have. */
export function taskRowRange(jobNo: number): readonly [first: number, last: number] {
  return [taskRowId(jobNo, 0), taskRowId(jobNo, PLACES_PER_JOB - 1)];
}
