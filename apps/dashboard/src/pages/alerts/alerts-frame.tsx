import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { Page } from "../../ui/page.tsx";
import { PartLinks } from "../../ui/part-links.tsx";

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
      <PartLinks label="Alerts" parts={PARTS} isAt={(href) => isAt(path, href)} />
      {children}
    </Page>
  );
}

const isAt = (path: string, href: string) => path === href || (href !== "/alerts" && path.startsWith(`${href}/`));
