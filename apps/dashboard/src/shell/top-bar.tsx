import { useConnection } from "@playhead/react";
import { Link, useLocation } from "wouter";
import { SignOutButton } from "../session/sign-out-button.tsx";
import { useScrollStrip } from "../ui/scroll-strip.ts";
import { ConnectionWord } from "./connection-word.tsx";
import { FiringCount } from "./firing-count.tsx";
import { PaletteHost } from "./palette/palette-host.tsx";
import { PlayheadSign } from "./playhead-sign.tsx";
import { ThemeButton } from "./theme-button.tsx";
import { ZoneSwitch } from "./zone-switch.tsx";

const PAGES = [
  { href: "/", name: "Overview", isAt: (path: string) => path === "/" },
  {
    href: "/jobs",
    name: "Jobs",
    isAt: (path: string) => path === "/jobs" || path === "/new" || path.startsWith("/jobs/"),
  },
  { href: "/performance", name: "Performance", isAt: (path: string) => path.startsWith("/performance") },
  { href: "/logs", name: "Logs", isAt: (path: string) => path === "/logs" },
  { href: "/alerts", name: "Alerts", isAt: (path: string) => path === "/alerts" || path.startsWith("/alerts/") },
  { href: "/health", name: "Health", isAt: (path: string) => path === "/health" },
  { href: "/reports", name: "Reports", isAt: (path: string) => path.startsWith("/reports") },
  { href: "/settings", name: "Settings", isAt: (path: string) => path === "/settings" },
] as const;

/** The bar at the top: where one is, and whether what one sees is now. */
export function TopBar() {
  const [path] = useLocation();
  const { status } = useConnection();
  const nav = useScrollStrip(path);
  return (
    <header className="sticky top-0 z-40 flex h-12 items-center gap-4 border-b border-line bg-page px-4 desk:gap-6 desk:px-8">
      <Link href="/" className="flex items-center gap-2 rounded-sm text-14 font-semibold tracking-tight">
        <PlayheadSign live={status === "online"} />
        <span className="max-desk:sr-only">Playhead</span>
      </Link>
      <nav
        ref={nav}
        aria-label="Pages"
        className="scroll-strip flex h-full min-w-0 gap-1 overflow-x-auto overflow-y-hidden desk:gap-2"
      >
        {PAGES.map(({ href, name, isAt }) => (
          <Link
            key={href}
            href={href}
            aria-current={isAt(path) ? "page" : undefined}
            className="relative flex shrink-0 items-center px-2 text-13 text-soft transition-colors duration-150 after:absolute after:inset-x-2 after:bottom-0 after:h-px hover:text-ink aria-[current]:text-ink aria-[current]:after:bg-ink"
          >
            {name}
            {href === "/alerts" && <FiringCount />}
          </Link>
        ))}
      </nav>
      <div className="ml-auto flex items-center gap-1">
        <ConnectionWord />
        <ZoneSwitch className="max-desk:hidden" />
        <PaletteHost />
        <ThemeButton />
        <SignOutButton />
      </div>
    </header>
  );
}
