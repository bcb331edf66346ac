import { readTokens, type Token } from "./sql-tokens.ts";

/** What a statement of SQL is, without the values in it. */
export interface Statement {
  /** Its verb: `SELECT`, `INSERT`, `BEGIN` …; `SQL` where there is none. */
  readonly kind: string;
  /** The table that it is about, without quotes; null where none is found. */
  readonly table: string | null;
  /** With a `?` for each literal, without comments, bounded. */
  readonly text: string;
}

const MAX_READ = 4_000;
const MAX_TEXT = 1_000;
const VERBS = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "VALUES"]);
/** The word before the table, by verb. */
const BEFORE_TABLE: Readonly<Record<string, string>> = {
  SELECT: "FROM",
  DELETE: "FROM",
  INSERT: "INTO",
  REPLACE: "INTO",
  MERGE: "INTO",
  COPY: "COPY",
  UPDATE: "UPDATE",
  TRUNCATE: "TRUNCATE",
  CREATE: "TABLE",
  ALTER: "TABLE",
  DROP: "TABLE",
};
const BETWEEN = new Set("ONLY TABLE IF NOT EXISTS OR ROLLBACK ABORT REPLACE FAIL IGNORE LATERAL".split(" "));

/** Works out what a statement is; of several in one text, what the first is. Never throws. */
export function describeStatement(sql: string): Statement {
  const tokens = [...readTokens(sql.slice(0, MAX_READ))];
  const verb = verbOf(tokens);
  const kind = verb === null ? "SQL" : verb.text.toUpperCase();
  return { kind, table: verb === null ? null : tableOf(tokens, tokens.indexOf(verb), kind), text: textOf(tokens) };
}

/** A cache in front of {@link describeStatement}: programs say the same few statements over and over. */
export function createStatementReader(capacity = 500): (sql: string) => Statement {
  const known = new Map<string, Statement>();
  return (sql) => {
    const found = known.get(sql);
    if (found !== undefined) return found;
    const statement = describeStatement(sql);
    if (sql.length > MAX_READ) return statement;
    // Statements with the values written into them must not push out those without for long, nor take ever more room.
    if (known.size >= capacity) known.clear();
    known.set(sql, statement);
    return statement;
  };
}

/** The name under which a statement is counted, such as `SELECT clips`. */
export function statementName({ kind, table }: Statement): string {
  return table === null ? kind : `${kind} ${table}`;
}

/** After the definitions of a WITH comes what is really done. */
function verbOf(tokens: readonly Token[]): Token | null {
  const first = tokens.find(({ kind }) => kind === "word") ?? null;
  if (first?.text.toUpperCase() !== "WITH") return first;
  return tokens.find((token) => token.depth === 0 && isWord(token, VERBS)) ?? first;
}

function tableOf(tokens: readonly Token[], verbAt: number, verb: string): string | null {
  const before = BEFORE_TABLE[verb];
  if (before === undefined) return null;
  const after = tokens.slice(verbAt);
  const end = after.findIndex(({ text, depth }) => text === ";" && depth === 0);
  const own = end === -1 ? after : after.slice(0, end);
  const depth = own[0]?.depth ?? 0;
  const places = own.flatMap((token, at) => (isWord(token, new Set([before])) ? [at] : []));
  // What stands in parentheses is about something else, but better than nothing.
  const outerFirst = [...places.filter((at) => own[at]?.depth === depth), ...places];
  for (const at of outerFirst) {
    const name = nameAfter(own, at);
    if (name !== null) return name;
  }
  return null;
}

/** The name that begins behind a place, its parts joined by dots; null when there is something else. */
function nameAfter(tokens: readonly Token[], at: number): string | null {
  let next = at + 1;
  while (isWord(tokens[next], BETWEEN)) next += 1;
  const parts: string[] = [];
  for (;;) {
    const token = tokens[next];
    if (token === undefined || (token.kind !== "word" && token.kind !== "quoted")) break;
    parts.push(token.kind === "quoted" ? token.text.slice(1, -1) : token.text);
    if (tokens[next + 1]?.text !== ".") break;
    next += 2;
  }
  return parts.length === 0 ? null : parts.join(".").slice(0, 128);
}

function isWord(token: Token | undefined, words: ReadonlySet<string>): boolean {
  return token?.kind === "word" && words.has(token.text.toUpperCase());
}

/** The tokens as one line; lists of literals as one, since how long they are is no other statement. */
function textOf(tokens: readonly Token[]): string {
  let text = "";
  for (const token of tokens) text += token.hasSpaceBefore && text !== "" ? ` ${token.text}` : token.text;
  text = text.replace(/\(\s*\?(?:\s*,\s*\?)+\s*\)/g, "(?)").replace(/\(\?\)(?:\s*,\s*\(\?\))+/g, "(?)");
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
