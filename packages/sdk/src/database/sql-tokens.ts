/** A piece of SQL. Of a literal only that there is one: its text is `?`. */
export interface Token {
  readonly kind: "word" | "quoted" | "literal" | "sign";
  readonly text: string;
  /** How many parentheses are open around it. */
  readonly depth: number;
  readonly hasSpaceBefore: boolean;
}

const LITERAL = { kind: "literal", text: "?" } as const;

const SPACE = /\s+|--[^\n]*|\/\*/y;
const COMMENT_SIGN = /\/\*|\*\//g;
/** `'…'`, with or without E, X, B, N, U& before it; a quote is doubled, and after E it may have a backslash instead. */
const ESCAPED_TEXT = /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/y;
const TEXT = /(?:[xXbBnN]|[uU]&)?'(?:[^']|'')*(?:'|$)/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const PLACE = /\$\d+|\?\d*|[:@$][A-Za-z_][\w]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const QUOTED = /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[A-Za-z_][^\][]*\]/y;
/** What begins a quotation and never ends it: who knows what is in it. */
const UNENDED = /["`][\s\S]*/y;
/** What stands in quotes and is written like a name. Anything else may be a text: SQLite takes "…" for one if there is no such column. */
const NAME_LIKE = /^.[\w$ .:-]{1,64}.$/;
const SIGN = /::|<=|>=|<>|!=|\|\||[\s\S]/uy;

/** Reads SQL of any dialect well enough to find what is a value in it. Never throws; what it cannot read is a sign. */
export function* readTokens(sql: string): Generator<Token> {
  let at = 0;
  let depth = 0;
  let hasSpaceBefore = false;

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  }

  function takeToken(): Pick<Token, "kind" | "text"> {
    const tag = take(DOLLAR_TAG);
    if (tag !== null) {
      const end = sql.indexOf(tag, at);
      at = end === -1 ? sql.length : end + tag.length;
      return LITERAL;
    }
    if ((take(ESCAPED_TEXT) ?? take(TEXT)) !== null) return LITERAL;
    const place = take(PLACE);
    if (place !== null) return { kind: "sign", text: place };
    if (take(NUMBER) !== null) return LITERAL;
    const word = take(WORD);
    if (word !== null) return { kind: "word", text: word };
    const quoted = take(QUOTED);
    if (quoted !== null) return NAME_LIKE.test(quoted) ? { kind: "quoted", text: quoted } : LITERAL;
    if (take(UNENDED) !== null) return LITERAL;
    return { kind: "sign", text: take(SIGN) ?? "" };
  }

  while (at < sql.length) {
    const space = take(SPACE);
    if (space !== null) {
      if (space === "/*") at = endOfComment(sql, at);
      hasSpaceBefore = true;
      continue;
    }
    const { kind, text } = takeToken();
    if (kind === "sign" && text === ")") depth = Math.max(0, depth - 1);
    yield { kind, text, depth, hasSpaceBefore };
    if (kind === "sign" && text === "(") depth += 1;
    hasSpaceBefore = false;
  }
}

/** Where a comment ends that has begun: comments may lie in comments. */
function endOfComment(sql: string, from: number): number {
  let open = 1;
  for (const { 0: sign, index } of sql.slice(from).matchAll(COMMENT_SIGN)) {
    open += sign === "/*" ? 1 : -1;
    if (open === 0) return from + index + sign.length;
  }
  return sql.length;
}
