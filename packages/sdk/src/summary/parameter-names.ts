/**
 * The names of a function's parameters, from its source; of one that is taken apart (`{ url }`), or of a source that
 * cannot be read (a native function), none, and what comes is called by its place. A name is worth having for itself,
 * and because `login(user, password)` says what must not be kept.
 */
export function parameterNames(source: string): readonly string[] {
  const list = parameterList(source);
  if (list === null) return [];
  return splitAtCommas(list).map((part, place) => nameOf(part) ?? String(place));
}

const OPEN = new Set(["(", "[", "{"]);
const CLOSED = new Set([")", "]", "}"]);
const QUOTES = new Set(['"', "'", "`"]);
/** Where a parameter list ends at the latest: what is longer is not read. */
const MAX_LENGTH = 2_000;

/** What stands between a function's parentheses; of `x => …` the one name. */
function parameterList(source: string): string | null {
  const head = source.slice(0, MAX_LENGTH);
  const lone = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(head);
  if (lone?.[1] !== undefined) return lone[1];
  const start = startOfList(head);
  if (start < 0) return null;
  const end = endOfGroup(head, start);
  return end < 0 ? null : head.slice(start + 1, end);
}

/** The first parenthesis that is in no computed name: `["(odd)"](x) {}`. */
function startOfList(source: string): number {
  for (let at = 0; at < source.length; at++) {
    const skipped = skip(source, at);
    if (skipped > at) at = skipped;
    else if (source[at] === "[") {
      at = endOfGroup(source, at);
      if (at < 0) return -1;
    } else if (source[at] === "(") return at;
    else if (source[at] === "{" || source[at] === "=") return -1;
  }
  return -1;
}

/** Where the bracket closes that opens here; -1 when it does not. */
function endOfGroup(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const skipped = skip(source, at);
    const char = source[at] as string;
    if (skipped > at) at = skipped;
    else if (OPEN.has(char)) depth += 1;
    else if (CLOSED.has(char)) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** The end of the text or comment that begins here; else the same place. */
function skip(source: string, at: number): number {
  const char = source[at] as string;
  if (char === "/" && source[at + 1] === "*") return endOr(source, source.indexOf("*/", at + 2), 1);
  if (char === "/" && source[at + 1] === "/") return endOr(source, source.indexOf("\n", at), 0);
  if (!QUOTES.has(char)) return at;
  for (let end = at + 1; end < source.length; end++) {
    if (source[end] === "\\") end += 1;
    else if (source[end] === char) return end;
  }
  return source.length;
}

function endOr(source: string, found: number, more: number): number {
  return found < 0 ? source.length : found + more;
}

function splitAtCommas(list: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    const skipped = skip(list, at);
    if (skipped > at) at = skipped;
    else if (OPEN.has(list[at] as string)) {
      const end = endOfGroup(list, at);
      if (end < 0) break;
      at = end;
    } else if (list[at] === ",") {
      parts.push(list.slice(start, at));
      start = at + 1;
    }
  }
  const last = list.slice(start);
  return last.trim() === "" ? parts : [...parts, last];
}

/** The name of one parameter, without its default; those after a rest (`...names`) are called by their places. */
function nameOf(part: string): string | null {
  const bare = part.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "").trim();
  return /^([A-Za-z_$][\w$]*)\s*(?:=|$)/.exec(bare)?.[1] ?? null;
}
