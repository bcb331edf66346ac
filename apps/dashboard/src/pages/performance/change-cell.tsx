import { changeWord, sureWord, verdictOf } from "./change-words.ts";
import type { Comparison } from "./performance-api.ts";

const VERDICT_CLASSES = { slower: "text-failed", faster: "text-completed", same: "text-soft" } as const;

/** By how much something changed, and how sure that is. */
export function ChangeCell({ comparison }: { readonly comparison: Comparison }) {
  const { before, average_change, p_value } = comparison;
  if (before === null) return <span className="text-faint">new</span>;
  const verdict = verdictOf(comparison);
  return (
    <span className="inline-flex items-baseline justify-end gap-2">
      <span className="text-12 text-faint max-wide:sr-only">{sureWord(p_value)}</span>
      <span className={`w-16 font-mono text-12 whitespace-nowrap max-desk:w-14 ${VERDICT_CLASSES[verdict]}`}>
        {changeWord(average_change)}
        {verdict !== "same" && <span className="sr-only"> {verdict}</span>}
      </span>
    </span>
  );
}
