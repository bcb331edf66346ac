import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";

export interface PageProps {
  /** What the browser's tab says. */
  readonly title: string;
  /** The page's heading: what a screen reader says first after going to another page. */
  readonly heading: ReactNode;
  readonly headingClassName?: string;
  /** Beside the heading. */
  readonly actions?: ReactNode;
  readonly above?: ReactNode;
  /** Under the heading. */
  readonly below?: ReactNode;
  readonly children: ReactNode;
}

/** Where the focus belongs, from one heading to the next. */
const focus = {
  /** Null before the first page, which is read from its top by itself. */
  path: null as string | null,
  /** Whether the last heading had it when it went, as when a page that was loading has come. */
  wasOnHeading: false,
};

/** A page: its title, its heading (which takes the focus when one comes from another page), and what it shows. */
export function Page({
  title,
  heading,
  headingClassName = "text-28 font-semibold tracking-tight text-balance",
  actions,
  above,
  below,
  children,
}: PageProps) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === "Playhead" ? title : `${title} · Playhead`;
  }, [title]);
  useLayoutEffect(() => {
    const heading = headingRef.current;
    const isOtherPage = focus.path !== null && focus.path !== location.pathname;
    if (isOtherPage) window.scrollTo(0, 0);
    if (isOtherPage || focus.wasOnHeading) heading?.focus({ preventScroll: true });
    focus.path = location.pathname;
    return () => {
      focus.wasOnHeading = document.activeElement === heading;
    };
  }, []);
  return (
    <div className="mx-auto w-full max-w-[110rem] px-4 py-6 desk:px-8 desk:py-8">
      {above}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 ref={headingRef} tabIndex={-1} className={headingClassName}>
            {heading}
          </h1>
          {below}
        </div>
        {actions !== undefined && <div className="flex shrink-0 gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
