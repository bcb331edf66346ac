import type { Virtualizer } from "@tanstack/react-virtual";
import type { ReactNode, RefObject } from "react";

export interface LogFrameProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** How high it is. */
  readonly className: string;
  readonly virtual: Virtualizer<HTMLDivElement, Element>;
  /** One line; only those that are seen are drawn. */
  readonly line: (index: number) => ReactNode;
  /** What stands before the first line, and after the last. */
  readonly before?: ReactNode;
  readonly after?: ReactNode;
}

/** Lines of a log in a frame of their own, which scrolls: of a job, or of all that was logged. */
export function LogFrame({ scroller, onScroll, className, virtual, line, before, after }: LogFrameProps) {
  return (
    <div
      ref={scroller}
      onScroll={onScroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      className={`overflow-x-hidden overflow-y-auto overscroll-contain rounded-md border border-line bg-sunken ${className}`}
    >
      {before}
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => (
          <div
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            className="absolute inset-x-0"
            style={{ transform: `translateY(${start}px)` }}
          >
            {line(index)}
          </div>
        ))}
      </div>
      {after}
    </div>
  );
}
