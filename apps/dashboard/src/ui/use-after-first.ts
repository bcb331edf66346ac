import { useDeferredValue } from "react";

/** False while a page is drawn for the first time: what one does not need to see at once comes right after it, in small pieces. */
export function useAfterFirst(): boolean {
  return useDeferredValue(true, false);
}
