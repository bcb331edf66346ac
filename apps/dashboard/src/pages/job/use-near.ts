import { type RefObject, useEffect, useState } from "react";

/** What is so far beyond the edge of the screen is made ready. */
const MARGIN = "600px";

const told = new WeakMap<Element, (isNear: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Whether an element is on the screen, or will be as soon as one scrolls; false at first. */
export function useNear(ref: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) told.get(target)?.(isIntersecting);
      },
      { rootMargin: MARGIN },
    );
    told.set(element, setNear);
    observer.observe(element);
    return () => observer?.unobserve(element);
  }, [ref]);
  return isNear;
}
