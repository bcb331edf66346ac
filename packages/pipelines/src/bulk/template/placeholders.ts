import type { Row } from "../rows/row.ts";

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The columns that a text asks for: of `{{name}}, {{ city }}` these are name and city. */
export function columnsIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name.trim());
}

/** A text with the row's values in place of its placeholders. What a value holds is never looked at again. */
export function fillIn(text: string, { values }: Row): string {
  return text.replace(PLACEHOLDER, (_all, name: string) => values.get(name.trim()) ?? "");
}
