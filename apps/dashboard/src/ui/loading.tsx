import { Button } from "./button.tsx";
import { describeError } from "./error-text.ts";
import type { Polled } from "./poll.ts";
import { Skeleton } from "./skeleton.tsx";
import { StateMark } from "./state-mark.tsx";

const PLACES = ["a", "b", "c", "d"];

export interface LoadingProps {
  readonly polled: Polled<unknown>;
  /** What it is: `the rules`. */
  readonly what: string;
  readonly onRetry: () => void;
}

/** The place of something before it has come, or why it cannot come; nothing once it is there and current. */
export function Loading({ polled: { value, error }, what, onRetry }: LoadingProps) {
  if (error !== null) {
    const { message, hint } = describeError(error);
    return (
      <div role="alert" className="my-4 flex flex-wrap items-center gap-3 text-13">
        <StateMark shape="failed" />
        <p className="min-w-0">
          {value === null ? `Could not read ${what}.` : `This is not the newest: ${what} could not be read again.`}{" "}
          {message} {hint !== null && <span className="text-soft">{hint}</span>}
        </p>
        <Button onClick={onRetry}>Try again</Button>
      </div>
    );
  }
  if (value !== null) return null;
  return (
    <div className="mt-6 space-y-4" role="status" aria-label={`Loading ${what}`}>
      {PLACES.map((key) => (
        <Skeleton key={key} className="h-12 w-full" />
      ))}
    </div>
  );
}
