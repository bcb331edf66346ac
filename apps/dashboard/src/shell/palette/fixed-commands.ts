import { signOut } from "../../session/sign-out.ts";
import { applyTheme } from "../../theme/theme.ts";
import { chooseZone, shownZone } from "../../ui/time-zone.ts";
import type { Command } from "./commands.ts";
import { SHORTCUTS } from "./shortcuts.ts";

/** Other words for the pages. */
const WORDS: Readonly<Record<string, string>> = {
  "/": "home start",
  "/new": "submit create upload",
  "/performance": "slow functions calls trends compare",
  "/logs": "messages lines errors",
  "/alerts": "rules channels silences",
  "/health": "status checks disk memory",
  "/reports": "pdf weekly daily summary schedule",
  "/settings": "configuration keys channels time zone",
};

/** What is offered whatever the server has: pages, and what one does often. */
export function fixedCommands({ onHelp }: { readonly onHelp: () => void }): readonly Command[] {
  const pages = SHORTCUTS.flatMap(({ what, keys, action }): readonly Command[] =>
    action.type === "go"
      ? [
          {
            id: action.href,
            name: what,
            aside: keys.join(" "),
            words: WORDS[action.href] ?? "",
            group: "Pages",
            href: action.href,
          },
        ]
      : [],
  );
  const page = (href: string, name: string, words: string): Command => ({
    id: href,
    name,
    words,
    group: "Pages",
    href,
  });
  const action = (name: string, words: string, run: () => void): Command => ({
    id: name,
    name,
    words,
    group: "Actions",
    run,
  });
  const { choice, other } = shownZone();
  const changeZone = () => chooseZone(choice === "viewer" ? "server" : "viewer");
  const zones = other === null ? [] : [action(`Times in ${other}`, "time zone clock", changeZone)];
  return [
    ...pages,
    page("/jobs?state=running", "Running jobs", "active pause all"),
    page("/jobs?state=failed&since=24h", "Jobs that failed in the last day", "errors night broken"),
    action("Theme: dark", "colours night appearance", () => applyTheme("dark")),
    action("Theme: light", "colours day appearance", () => applyTheme("light")),
    action("Theme: as the system", "colours appearance auto", () => applyTheme("system")),
    ...zones,
    action("Copy the address of this page", "link url share", () => void navigator.clipboard?.writeText(location.href)),
    action("Keyboard shortcuts", "keys help", onHelp),
    action("Sign out", "log out leave", () => void signOut()),
  ];
}
