/**
 * One callback of the user's that runs now: the job's own, or a task's. It is quiet while at least one thing holds it
 * up: a child's callback that it waits for, a checkpoint, a slot, a program of its own that can be stopped.
 */
export interface Frame {
  readonly parent: Frame | null;
  isOpen: boolean;
  /** How many things hold it up. */
  quietReasons: number;
}

/** All running callbacks of a job, with a count of those that are busy, so that nobody has to look at each. */
export interface Frames {
  open(parent: Frame | null): Frame;
  close(frame: Frame): void;
  addQuietReason(frame: Frame): void;
  removeQuietReason(frame: Frame): void;
  /** Whether there is a frame at all, and none is busy. */
  areQuiet(): boolean;
}

/** @param onQuiet called when the last busy frame became quiet */
export function createFrames(onQuiet: () => void): Frames {
  let openCount = 0;
  let busyCount = 0;

  const areQuiet = () => busyCount === 0 && openCount > 0;

  function addReason(frame: Frame): void {
    frame.quietReasons += 1;
    if (frame.isOpen && frame.quietReasons === 1) busyCount -= 1;
  }

  function removeQuietReason(frame: Frame): void {
    frame.quietReasons -= 1;
    if (frame.isOpen && frame.quietReasons === 0) busyCount += 1;
  }

  return {
    areQuiet,
    removeQuietReason,
    open(parent) {
      openCount += 1;
      busyCount += 1;
      if (parent !== null) addReason(parent);
      return { parent, isOpen: true, quietReasons: 0 };
    },
    close(frame) {
      if (!frame.isOpen) return;
      frame.isOpen = false;
      openCount -= 1;
      if (frame.quietReasons === 0) busyCount -= 1;
      if (frame.parent !== null) removeQuietReason(frame.parent);
      if (areQuiet()) onQuiet();
    },
    addQuietReason(frame) {
      addReason(frame);
      if (areQuiet()) onQuiet();
    },
  };
}
