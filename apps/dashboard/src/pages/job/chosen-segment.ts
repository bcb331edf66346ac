/** What the reader points at: a track, and one of its segments or (null) all of it. */
export interface ChosenSegment {
  readonly taskId: string;
  readonly segment: number | null;
}
