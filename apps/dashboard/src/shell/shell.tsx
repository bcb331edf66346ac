import { useConnection } from "@playhead/react";
import type { ReactNode } from "react";
import { StaleNotice } from "./stale-notice.tsx";
import { TopBar } from "./top-bar.tsx";
import { ZoneSwitch } from "./zone-switch.tsx";

/** What stands around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { status } = useConnection();
  return (
    <div className="flex min-h-dvh flex-col" data-still={status === "online" ? undefined : ""}>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-surface px-3 text-13 leading-8 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-4"
      >
        Skip to content
      </a>
      <TopBar />
      <main id="main" tabIndex={-1} className="grow">
        {children}
      </main>
      {/* On a phone the bar has no room for it. */}
      <footer className="px-2 pb-4 desk:hidden">
        <ZoneSwitch />
      </footer>
      <StaleNotice />
    </div>
  );
}
