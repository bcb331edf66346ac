import { errorDetails } from "../observe/error-details.ts";
import { currentObserver } from "../observe/observer.ts";

/** How {@link monitor} names what it records. */
export interface MonitorOptions {
  /** @defaultValue the function's name */
  readonly name?: string;
}

/** The function, recorded: each call's name, start, duration and outcome. */
// biome-ignore lint/suspicious/noExplicitAny: any function
export function monitor<Fn extends (...args: any[]) => unknown>(fn: Fn, options: MonitorOptions = {}): Fn {
  const name = options.name ?? fn.name;
  const monitored = function (this: unknown, ...args: unknown[]): unknown {
    const observer = currentObserver();
    if (observer === null) return Reflect.apply(fn, this, args);
    const startMs = performance.timeOrigin + performance.now();
    const ended = (failure?: { readonly error: unknown }) =>
      observer.executionEnded({
        name,
        category: "function",
        startMs,
        durationMs: performance.timeOrigin + performance.now() - startMs,
        ...(failure !== undefined && { error: errorDetails(failure.error) }),
      });
    let result: unknown;
    try {
      result = Reflect.apply(fn, this, args);
    } catch (error) {
      ended({ error });
      throw error;
    }
    if (!(result instanceof Promise)) {
      ended();
      return result;
    }
    return result.then(
      (value) => {
        ended();
        return value;
      },
      (error: unknown) => {
        ended({ error });
        throw error;
      },
    );
  };
  for (const key of ["name", "length"] as const)
    Object.defineProperty(monitored, key, { value: fn[key], configurable: true });
  return monitored as unknown as Fn;
}
