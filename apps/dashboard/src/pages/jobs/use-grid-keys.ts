import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from "react";

export interface GridKeysOptions {
  readonly ids: readonly string[];
  readonly activeIndex: number;
  readonly rowsAPage: number;
  /** What holds the rows. */
  readonly body: RefObject<HTMLElement | null>;
  /** Goes to a row, perhaps choosing all on the way. */
  readonly onMove: (index: number, isExtending: boolean) => void;
  readonly onToggle: (jobId: string) => void;
  readonly onAll: () => void;
  readonly onNone: () => void;
}

/** What in a row has the focus, and keeps it from row to row. */
type Part = "a" | "input";

/**
 * The keys of the list: the arrows, Page Up and Down, Home and End go from row to row, with Shift they choose; Space
 * chooses, with Shift up to here; Ctrl+A chooses all, Escape none; Enter opens, as on any link.
 */
export function useGridKeys({ ids, activeIndex, rowsAPage, body, onMove, onToggle, onAll, onNone }: GridKeysOptions) {
  const wanted = useRef<Part | null>(null);
  useLayoutEffect(() => {
    const part = wanted.current;
    const id = ids[activeIndex];
    if (part === null || id === undefined) return;
    const control = body.current?.querySelector<HTMLElement>(`[data-job="${CSS.escape(id)}"] ${part}`);
    if (control === null || control === undefined) return;
    wanted.current = null;
    control.focus({ preventScroll: true });
  });

  const target = (key: string): number | null => {
    const last = ids.length - 1;
    switch (key) {
      case "ArrowDown":
        return Math.min(last, activeIndex + 1);
      case "ArrowUp":
        return Math.max(0, activeIndex - 1);
      case "PageDown":
        return Math.min(last, activeIndex + rowsAPage);
      case "PageUp":
        return Math.max(0, activeIndex - rowsAPage);
      case "Home":
        return 0;
      case "End":
        return last;
      default:
        return null;
    }
  };

  return (event: KeyboardEvent): void => {
    const element = event.target as HTMLElement;
    if (body.current?.contains(element) !== true) return;
    const part: Part = element.tagName === "INPUT" ? "input" : "a";
    const index = target(event.key);
    if (index !== null && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      wanted.current = part;
      onMove(index, event.shiftKey);
    } else if (event.key === " " && part === "a") {
      event.preventDefault();
      const id = ids[activeIndex];
      if (id !== undefined) onToggle(id);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onAll();
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      const other = event.key === "ArrowRight" ? "a" : "input";
      element.closest("[data-job]")?.querySelector<HTMLElement>(other)?.focus({ preventScroll: true });
    } else if (event.key === "Escape") onNone();
  };
}
