/**
 * Which words a text has, said once: for the index, for queries, and for looking whether an entry matches. Words are runs
 * of letters and digits, without case and diacritics; in scripts that put no space between words, each character is one.
 */

const ASCII_ONLY = /^[\0-\x7f]*$/;
const ASCII_WORDS = /[a-z0-9]+/g;
const MARKS = /\p{M}+/gu;
const WORDS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}])[\p{L}\p{N}])+/gu;

/** The words of a text, in their order. */
export function wordsOf(text: string): readonly string[] {
  if (ASCII_ONLY.test(text)) return text.toLowerCase().match(ASCII_WORDS) ?? [];
  // Taking letters apart can give capitals again ("™").
  const plain = text.toLowerCase().normalize("NFKD").replace(MARKS, "").toLowerCase();
  return plain.match(WORDS) ?? [];
}

/** The words of a text for a tokenizer that splits ASCII as {@link wordsOf} does, and nothing else: as it is, mostly. */
export function indexedText(text: string): string {
  return ASCII_ONLY.test(text) ? text : wordsOf(text).join(" ");
}

/** Words that stand next to each other. */
export interface TextTerm {
  readonly words: readonly string[];
  /** Whether the last one may go on. */
  readonly isPrefix: boolean;
}

/**
 * What a query asks for, all of it: words, `"phrases"`, and beginnings of words (`rend*`). What a program would take for
 * several words, such as `Cache.get`, is a phrase.
 */
export function parseText(query: string): readonly TextTerm[] {
  const terms: TextTerm[] = [];
  for (const [, phrase, word = ""] of query.matchAll(/"([^"]*)"?|([^\s"]+)/g)) {
    const words = wordsOf(phrase ?? word);
    if (words.length > 0) terms.push({ words, isPrefix: phrase === undefined && word.endsWith("*") });
  }
  return terms;
}

/** Whether one of these texts has the term's words in a row. */
export function hasTerm(textsWords: readonly (readonly string[])[], { words, isPrefix }: TextTerm): boolean {
  const last = words.length - 1;
  const isAt = (text: readonly string[], from: number) =>
    words.every((word, at) => {
      const there = text[from + at];
      return at === last && isPrefix ? there?.startsWith(word) : there === word;
    });
  return textsWords.some((text) => text.some((_, from) => isAt(text, from)));
}
