/** React is told at most this often: eyes follow no faster, and what is shown glides from value to value. */
const PACE_MS = 100;
/** How often a page that nobody looks at is brought up to date: its title still tells how far a job is. */
const HIDDEN_PACE_MS = 500;

/**
 * Follows a store at the pace of the screen: a change after a rest is told with the next frame, further ones together,
 * ten times a second at most.
 *
 * @param subscribe A store's own `subscribe`.
 */
export function framePaced(subscribe: (listener: () => void) => () => void): (listener: () => void) => () => void {
  return (listener) => {
    let cancel: (() => void) | null = null;
    let toldAtMs = Number.NEGATIVE_INFINITY;
    const tell = () => {
      cancel = null;
      toldAtMs = performance.now();
      listener();
    };
    const stop = subscribe(() => {
      cancel ??= later(tell, toldAtMs + PACE_MS - performance.now());
    });
    return () => {
      stop();
      cancel?.();
    };
  };
}

/** Browsers hold back the frames of hidden pages, so that those go by the clock. */
function later(callback: () => void, restMs: number): () => void {
  const isHidden = document.visibilityState === "hidden";
  if (!isHidden && restMs <= 0) {
    const frame = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(frame);
  }
  const timer = setTimeout(callback, isHidden ? HIDDEN_PACE_MS : restMs);
  return () => clearTimeout(timer);
}
