/** Parts of a path that name one thing rather than a kind of thing; matched against a part as a whole. */
const IDS: readonly RegExp[] = [
  // Numbers, also with a version or an extension behind them: 42, 2026-11-21, 42.json
  /^\d[\d.,:_-]*(\.[a-z0-9]{1,5})?$/i,
  // UUIDs and other hexadecimal ids, with or without a word before: 9f86d081, job_9f86d081884c7d65
  /^([a-z]{1,12}[_-])?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(\.[a-z0-9]{1,5})?$/i,
  /^([a-z]{1,12}[_-])?(?=[a-f]*\d)[0-9a-f]{8,}(\.[a-z0-9]{1,5})?$/i,
  // Addresses, and what is escaped: names, not kinds.
  /[@%]/,
];

/** Long, and with a digit in it or of both cases: a token, or some other id that nobody chose. */
const TOKEN = /^(?=.*\d|[^A-Z]*[A-Z].*[a-z].*[A-Z])[\w~.=-]{16,}$/;
const MAX_PARTS = 12;
const MAX_PART = 60;

/**
 * Names an endpoint, such as `GET api.example.com/videos/:id`: so that calls are counted by what they ask for, and no id,
 * token or query gets into a name.
 *
 * @param host with its port where that is not the usual one
 * @param path with or without a query
 */
export function endpointOf(method: string, host: string, path: string): string {
  const [before = ""] = path.split(/[?#]/, 1);
  const parts = before.split("/").filter((part) => part !== "");
  const shown = parts.slice(0, MAX_PARTS).map((part) => (isId(part) ? ":id" : part));
  const rest = parts.length > MAX_PARTS ? "/…" : "";
  return `${method} ${host}/${shown.join("/")}${rest}`;
}

function isId(part: string): boolean {
  return part.length > MAX_PART || TOKEN.test(part) || IDS.some((pattern) => pattern.test(part));
}

/** Names within a bound: when there are too many, what is new is called by the rougher of its names. */
export function createNameLimit(limit: number): (name: string, rougher: string) => string {
  const names = new Set<string>();
  return (name, rougher) => {
    if (names.has(name)) return name;
    if (names.size >= limit) return rougher;
    names.add(name);
    return name;
  };
}
