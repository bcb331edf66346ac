/** The longest message that a viewer gets to read. */
const MAX_LENGTH = 500;

/** What is taken out of a message, in this order; `$1` is what stays of it. */
const STAINS: readonly (readonly [RegExp, string])[] = [
  // A stack, which some put into the message.
  [/\n\s+at [\s\S]*$/, ""],
  // What is said of an address stays unsaid; a file's is its name.
  [/\bfile:\/\/[^\s'"`<>)\]]*?([^\s'"`<>)\]/]*)(?=[\s'"`<>)\]]|$)/gi, "$1"],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s'"`<>)\]]+/gi, "[address]"],
  // Absolute paths keep their last part: in quotes they may hold spaces.
  [/(?<=(['"`]))(?:\/|~\/|[A-Za-z]:[\\/]|\\\\)(?:(?!\1)[^\n])*?([^\\/'"`\n]*)(?=\1)/g, "$2"],
  [/(?<![\w.)\]])(?:~?\/)(?:[^\s/'"`:;,()<>]+\/)+([^\s/'"`:;,()<>]*)/g, "$1"],
  [/(?<!\w)(?:[A-Za-z]:[\\/]|\\\\)(?:[^\\/\s'"`]+[\\/])*([^\\/\s'"`]*)/g, "$1"],
  // Hosts: after the words of a failed look-up, numbers, and names with a port.
  [/\b((?:ENOTFOUND|EAI_AGAIN)) \S+/g, "$1 [address]"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "[address]"],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){0,7}:(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,5}(?![\w:])/gi, "[address]"],
  [/\b(?:localhost|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}):\d{2,5}\b/gi, "[address]"],
];

/** A message as viewers may see it: one line, without paths, hosts and stacks (SPEC §13). */
export function cleanedText(text: string): string {
  // Longer texts are cut first: cleaning stays cheap, whatever comes.
  let clean = text.slice(0, 4 * MAX_LENGTH);
  for (const [stain, rest] of STAINS) clean = clean.replace(stain, rest);
  clean = clean.replace(/\s+/g, " ").trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}
