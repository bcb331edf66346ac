import { describeError } from "./error-text.ts";
import { StateMark } from "./state-mark.tsx";
import type { ActionFault } from "./use-action.ts";

/** Says that something could not be done, and why; nothing while nothing went wrong. */
export function FaultNote({ fault }: { readonly fault: ActionFault | null }) {
  if (fault === null) return null;
  const { message, hint } = describeError(fault.error);
  return (
    <p role="alert" className="mt-2 flex gap-2 text-13">
      <StateMark shape="failed" className="mt-0.5" />
      <span className="min-w-0 wrap-anywhere">
        Could not {fault.what}. {message} {hint !== null && <span className="text-soft">{hint}</span>}
      </span>
    </p>
  );
}
