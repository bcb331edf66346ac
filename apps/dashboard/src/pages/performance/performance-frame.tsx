import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { Page } from "../../ui/page.tsx";
import { shownZone, zoneLabel } from "../../ui/time-zone.ts";

const PARTS = [
  { href: "/performance", name: "Functions" },
  { href: "/performance/compare", name: "Compare" },
] as const;

export interface PerformanceFrameProps {
  /** What the browser's tab says. */
  readonly title: string;
  /** The answer, in one line. */
  readonly heading: ReactNode;
  readonly below?: ReactNode;
  readonly children: ReactNode;
}

/** What the parts of the performance page have in common: the answer at the top, and the way to the others. */
export function PerformanceFrame({ title, heading, below, children }: PerformanceFrameProps) {
  const [path] = useLocation();
  return (
    <Page title={title} heading={heading} below={below}>
      <nav aria-label="Performance" className="mt-4 flex gap-1 border-b border-line">
        {PARTS.map(({ href, name }) => (
          <Link
            key={href}
            href={href}
            aria-current={path === href ? "page" : undefined}
            className="relative flex h-9 shrink-0 items-center rounded-sm px-2.5 text-13 text-soft outline-offset-[-2px] transition-colors duration-150 after:absolute after:inset-x-2.5 after:bottom-0 after:h-px hover:text-ink aria-[current]:text-ink aria-[current]:after:bg-ink"
          >
            {name}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}

/** In which zone the page's times are. */
export function zoneWords(): string {
  return `times in ${zoneLabel(shownZone().timeZone, Date.now())}`;
}
