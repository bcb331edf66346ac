import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { Page } from "../../ui/page.tsx";

const PARTS = [
  { href: "/alerts", name: "Now" },
  { href: "/alerts/history", name: "History" },
  { href: "/alerts/rules", name: "Rules" },
  { href: "/alerts/silences", name: "Silences" },
  { href: "/alerts/deliveries", name: "Deliveries" },
  { href: "/alerts/channels", name: "Channels" },
] as const;

export interface AlertsFrameProps {
  /** What the browser's tab says. */
  readonly title: string;
  /** The answer, in one line. */
  readonly heading: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What the parts of the alerts page have in common: the answer at the top, and the way to the others. */
export function AlertsFrame({ title, heading, actions, children }: AlertsFrameProps) {
  const [path] = useLocation();
  return (
    <Page title={title} heading={heading} actions={actions}>
      <nav aria-label="Alerts" className="mt-4 flex gap-1 overflow-x-auto border-b border-line">
        {PARTS.map(({ href, name }) => (
          <Link
            key={href}
            href={href}
            aria-current={isAt(path, href) ? "page" : undefined}
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

const isAt = (path: string, href: string) => path === href || (href !== "/alerts" && path.startsWith(`${href}/`));
