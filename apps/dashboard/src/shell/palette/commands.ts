/** Something that the palette offers. */
export interface Command {
  readonly id: string;
  readonly name: string;
  /** Said more quietly beside the name. */
  readonly aside?: string;
  /** Other words that people look for it by. */
  readonly words?: string;
  readonly group: "Recent" | "Jobs" | "Pages" | "Actions";
  /** Where it leads; else it does something. */
  readonly href?: string;
  readonly run?: () => void;
}

/** How well it fits what was typed: 0 not at all; a name that begins so before one in which a word does. */
function fitOf({ name, words = "", aside = "" }: Command, typed: string): number {
  const text = name.toLowerCase();
  if (text.startsWith(typed)) return 4;
  const parts = typed.split(/\s+/);
  const begins = (where: string) =>
    parts.every((part) => where.split(/[\s/_-]+/).some((word) => word.startsWith(part)));
  if (begins(text)) return 3;
  if (begins(`${text} ${words}`)) return 2;
  return parts.every((part) => `${text} ${aside.toLowerCase()}`.includes(part)) ? 1 : 0;
}

/** Those that fit what was typed, the best first within their group; all of them while nothing was. */
export function findCommands(commands: readonly Command[], typed: string): readonly Command[] {
  const query = typed.trim().toLowerCase();
  if (query === "") return commands;
  return commands
    .map((command) => ({ command, fit: fitOf(command, query) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ command }) => command);
}

/** In the groups in which they are shown; a group without any is left out. */
export function groupCommands(commands: readonly Command[]): readonly (readonly [string, readonly Command[]])[] {
  return (["Recent", "Jobs", "Pages", "Actions"] as const)
    .map((group) => [group, commands.filter((command) => command.group === group)] as const)
    .filter(([, of]) => of.length > 0);
}
