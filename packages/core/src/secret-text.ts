/** What stands where a secret was. */
export const REDACTED = "[redacted]";

/** What is plainly a secret within a text; `$1` is what stays of it. Only where the hint is found, it is looked for. */
interface Secret {
  readonly hint: (text: string) => boolean;
  readonly pattern: RegExp;
  readonly rest: string;
}

/** Without one of these a text is one word, and no key of a service: most are, and are looked at once. */
const IS_MORE = /[\s:=@%_.-]|eyJ|AKIA|AIza/;
const has = (part: string) => (text: string) => text.includes(part);
const isAddress = (text: string) => text.includes("://") && text.includes("@");
const isCut = (text: string) => text.endsWith("…") && text.includes("://");
const SCHEMES = /bearer|negotiate|basic|digest/i;
const SERVICES =
  /\b(?:(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][\w-]{8,}|sk-[\w-]{16,}|ph_[0-9a-f]{16}_[\w-]{8,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{24,}|whsec_[\w+/=]{16,}|npm_\w{24,}|SG\.[\w-]{16,}\.[\w-]{16,})/g;

const SECRETS: readonly Secret[] = [
  {
    hint: has("-----BEGIN"),
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    rest: REDACTED,
  },
  // https://user:password@host; a long name alone is a token.
  {
    hint: isAddress,
    pattern: /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'<>@:]*:[^\s/?#"'<>]*|[^\s/?#"'<>@:]{16,})@/gi,
    rest: `$1${REDACTED}@`,
  },
  // The same, cut off before the `@`.
  { hint: isCut, pattern: /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>@:]*:[^\s/?#"'<>@]*…$/gi, rest: `$1${REDACTED}…` },
  {
    hint: (text) => SCHEMES.test(text),
    pattern:
      /\b((?:(?:bearer|negotiate)\s+)(?=[\w.~+/=-]{4,})|(?:basic|digest)\s+(?=(?-i:[a-z+/]*[A-Z0-9=])[\w+/=-]{5,}))[\w.~+/=-]+/gi,
    rest: `$1${REDACTED}`,
  },
  { hint: has("eyJ"), pattern: /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, rest: REDACTED },
  { hint: (text) => /[-_.A]/.test(text), pattern: SERVICES, rest: REDACTED },
];

const NAMES =
  "pass(?:word|wd|phrase|code)|pwd|secret|token|api[-_.]?key|(?:access|account|private|signing)[-_.]?key|authorization|cookie|credential|signature|\\bsig|\\bjwt";

/** As a part of a pattern: not all browsers that core runs in have `RegExp.escape`. */
const escaped = (name: string) => name.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Takes out of a text what is plainly a secret. */
export type ScrubText = (text: string) => string;

/**
 * Secrets within texts: addresses with a password, `Bearer …`, JWTs, private keys, keys of known services, and what a
 * name like `token=`, `"password":` or `--api-key=` says to be one.
 * @param more names of the user's own
 */
export function createScrub(more: readonly string[] = []): ScrubText {
  const own = more.filter((name) => name !== "").map((name) => `|${escaped(name)}`);
  const words = `${NAMES}${own.join("")}`;
  const isNamed = new RegExp(words, "i");
  const isSaid = /[:=]|%3D/i;
  const names = `[\\w.-]*(?:${words})(?!s?[-_](?:count|limit|usage|type))[\\w.-]*`;
  const header = /\b((?:set-)?cookie["']?\s*[:=]\s*["']?)(?!\[redacted\])[^\n"'}]+/gi;
  const quoted = new RegExp(`((?:${names})\\\\?["']?\\s*[:=]\\s*)(\\\\?["'])(?:(?!\\2)(?:\\\\.|[^]))*(?:\\2|$)`, "gi");
  const plain = new RegExp(
    `((?:${names})(?:%22|\\\\?["'])?\\s*(?:=|:|%3D)\\s*)(?!\\[redacted|\\\\?["'])[^\\s"'&,;})\\]<>]+`,
    "gi",
  );
  return (text) => {
    if (!IS_MORE.test(text)) return text;
    let clean = text;
    for (const { hint, pattern, rest } of SECRETS) if (hint(clean)) clean = clean.replace(pattern, rest);
    if (!isSaid.test(clean) || !isNamed.test(clean)) return clean;
    return clean.replace(header, `$1${REDACTED}`).replace(quoted, `$1$2${REDACTED}$2`).replace(plain, `$1${REDACTED}`);
  };
}
