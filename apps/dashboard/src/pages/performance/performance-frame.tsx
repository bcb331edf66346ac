import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Page } from "../../ui/page.tsx";
import { PartLinks } from "../../ui/part-links.tsx";
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
      <PartLinks label="Performance" parts={PARTS} isAt={(href) => path === href} />
      {children}
    </Page>
  );
}

/** In which zone the page's times are. */
export function zoneWords(): string {
  return `times in ${zoneLabel(shownZone().timeZone, Date.now())}`;
}
