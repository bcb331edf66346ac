import { type RefObject, useEffect, useRef } from "react";

/** As wide as an end that fades. */
const FADE_PX = 32;

/**
 * A row of links that scrolls where it has no room: the current one stays in sight, also as what is beside the row takes
 * its room, and an end with more behind it fades (`scroll-strip` in base.css), so that no word looks cut off.
 *
 * @param current changes with the link that is current
 */
export function useScrollStrip(current: string): RefObject<HTMLElement | null> {
  const strip = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another link is current
  useEffect(() => {
    const element = strip.current;
    if (element === null) return;
    const mark = () => {
      const { scrollLeft, scrollWidth, clientWidth } = element;
      element.toggleAttribute("data-more-before", scrollLeft > 1);
      element.toggleAttribute("data-more-after", scrollLeft + clientWidth < scrollWidth - 1);
    };
    const show = () => {
      // Not by `scrollIntoView`, which scrolls the page as well.
      const here = element.querySelector("[aria-current]")?.getBoundingClientRect();
      const room = element.getBoundingClientRect();
      if (here !== undefined && here.left < room.left + FADE_PX) element.scrollLeft += here.left - room.left - FADE_PX;
      else if (here !== undefined && here.right > room.right - FADE_PX)
        element.scrollLeft += here.right - room.right + FADE_PX;
      mark();
    };
    const observer = new ResizeObserver(show);
    observer.observe(element);
    element.addEventListener("scroll", mark, { passive: true });
    show();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", mark);
    };
  }, [current]);
  return strip;
}
