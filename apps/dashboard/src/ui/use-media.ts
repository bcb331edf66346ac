import { useSyncExternalStore } from "react";

/** @returns whether a media query holds, followed as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
    () => true,
  );
}

/** Wide enough for a timeline (the `desk` breakpoint of the tokens). */
export const DESK = "(min-width: 46rem)";
