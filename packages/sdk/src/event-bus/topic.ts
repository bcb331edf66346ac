import { PlayheadError } from "@playhead/core";

/** What a handler subscribed to. */
export interface Topic {
  /** As it was said. */
  readonly text: string;
  /** The types begin with it; null when `text` is the type. */
  readonly prefix: string | null;
}

/** Reads a type, a prefix such as `job.*`, or `*`. @throws PlayheadError `validation_error` */
export function topicOf(text: unknown): Topic {
  if (typeof text === "string" && text !== "") {
    const star = text.indexOf("*");
    if (star === -1) return { text, prefix: null };
    if (text === "*" || (star === text.length - 1 && text.endsWith(".*"))) return { text, prefix: text.slice(0, -1) };
  }
  throw new PlayheadError("validation_error", `expected a type, a prefix such as "job.*", or "*", got ${shown(text)}`);
}

/** @returns whether an event of the type is meant */
export function matchesTopic({ text, prefix }: Topic, type: string): boolean {
  return prefix === null ? type === text : type.startsWith(prefix);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : typeof value;
}
