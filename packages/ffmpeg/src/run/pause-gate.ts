/** What can be stopped and let go on: a group of processes. Both calls are cheap, and harmless when repeated. */
export interface Pausable {
  stop(): void;
  resume(): void;
}

/**
 * Whoever decides about pausing (the sdk's job does). While a child is held, the gate calls `stop()` when the job is
 * paused, at once if it is paused already, and `resume()` when it goes on. The function that `hold` returns ends this.
 */
export interface PauseGate {
  hold(child: Pausable): () => void;
}
