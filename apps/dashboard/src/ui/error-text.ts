import { PlayheadError } from "@playhead/core";

/** What went wrong and what to do, of anything thrown, as sentences. */
export function describeError(error: unknown): { readonly message: string; readonly hint: string | null } {
  const hint = error instanceof PlayheadError ? error.hint : undefined;
  return {
    message: sentence(error instanceof Error ? error.message : String(error)),
    hint: hint === undefined ? null : sentence(hint),
  };
}

/** A message as a sentence: begun with a capital, ended with a stop. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
