import TinyQueue from "tinyqueue";

/** Which steps are under way, and since when the oldest of them. */
export interface OpenSteps {
  readonly size: number;
  begin(key: string, sinceMs: number): void;
  end(key: string): void;
  /** When the first of those that are still under way began; null when none is. */
  oldestMs(): number | null;
}

interface Begun {
  readonly key: string;
  readonly sinceMs: number;
}

/** The queue may hold so many that have ended before it is made anew: one that lasts must not keep them all. */
const SPARE = 64;

export function createOpenSteps(): OpenSteps {
  const since = new Map<string, number>();
  // What has ended stays in it until it comes to the front.
  let queue = queueOf([]);

  return {
    get size() {
      return since.size;
    },
    begin(key, sinceMs) {
      since.set(key, sinceMs);
      queue.push({ key, sinceMs });
      if (queue.length > 2 * since.size + SPARE) queue = queueOf(since);
    },
    end(key) {
      since.delete(key);
    },
    oldestMs() {
      for (let first = queue.peek(); first !== undefined; first = queue.peek()) {
        if (since.get(first.key) === first.sinceMs) return first.sinceMs;
        queue.pop();
      }
      return null;
    },
  };
}

function queueOf(since: Iterable<readonly [string, number]>): TinyQueue<Begun> {
  const begun = Array.from(since, ([key, sinceMs]) => ({ key, sinceMs }));
  return new TinyQueue(begun, (a, b) => a.sinceMs - b.sinceMs);
}
