import { type ComponentType, lazy } from "react";

/** The server may be away just then. */
const AGAIN_MS = 2_000;

/**
 * A component whose code is fetched when it is first shown. While it cannot be had, what stands in its place stays, and it
 * is asked for again: were it to fail, it would take the whole page along.
 */
export function lazily<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => {
    for (;;) {
      try {
        return { default: await load() };
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  });
}
