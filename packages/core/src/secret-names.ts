/** How secret what has a name is: not at all, unless it is a number, or whatever it is. */
export type Secrecy = "none" | "soft" | "strict";

/** Tells from a field's name whether its value is a secret. */
export type SecrecyOf = (name: string) => Secrecy;

/**
 * Names as words joined by `_`, in lower case: `X-Api-Key`, `apiKey` and `API_KEY` are all `api_key`. Words that stand
 * together, as in `accesstoken`, are found as well.
 */
const STRICT =
  /pass_?(?:word|wd|phrase|code)|(?:^|_)(?:pwd|jwt|otp|cvv|cvc)(?:_|$)|secret(?!ar)|token(?:_|$)|api_?keys?(?:_|$)|(?:access|account|private|signing|encryption|master|shared|service_role)_?keys?(?:_|$)|authorization|credential|cookie(?:_|$)|bearer|csrf|xsrf/;
/** Of these a number is a count: `max_tokens`, ffmpeg's `pass`. */
const SOFT = /(?:^|_)(?:pass|auth)(?:_|$)|tokens(?:_|$)|cookies(?:_|$)/;
/** What is told about tokens, and is none. */
const ABOUT = /tokens?_(?:count|limit|usage|type|total|budget|ttl|expires?|expiry)/;

/** Without one of these, whatever is asked about is no name of a secret: values are asked about, too, and most have none. */
const HINT = /pass|pwd|jwt|otp|cv[vc]|secret|token|key|auth|credential|cookie|bearer|[cx]srf/i;

/** Names come from the user's code and are few; should they not be, all are forgotten. */
const MAX_KNOWN = 10_000;

/**
 * What is named like a secret (SPEC §5): passwords, tokens, keys, cookies, in any spelling.
 * @param more names of the user's own, in any spelling; whatever contains one of them is secret
 */
export function createSecrecy(more: readonly string[] = []): SecrecyOf {
  const own = more.map(squashed).filter((name) => name !== "");
  const known = new Map<string, Secrecy>();

  function judge(name: string): Secrecy {
    const words = wordsOf(name);
    const flat = squashed(name);
    if (own.some((each) => flat.includes(each))) return "strict";
    if (ABOUT.test(words)) return "none";
    if (STRICT.test(words)) return "strict";
    return SOFT.test(words) ? "soft" : "none";
  }

  return (name) => {
    let secrecy = known.get(name);
    if (secrecy !== undefined) return secrecy;
    if (own.length === 0 && !HINT.test(name)) return "none";
    // A name that is longer than any field's is data: looking at all of it is not worth its time.
    secrecy = judge(name.slice(0, 200));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, secrecy);
    return secrecy;
  };
}

function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
}

function squashed(name: string): string {
  return name.replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();
}
