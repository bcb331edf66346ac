import { Skeleton } from "../../ui/skeleton.tsx";

const PLACES = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The place of the list before it has come. */
export function LoadingJobs() {
  return (
    <div className="space-y-2 pt-9" role="status" aria-label="Loading jobs">
      {PLACES.map((key) => (
        <Skeleton key={key} className="h-6 w-full" />
      ))}
    </div>
  );
}

/** Nothing was found. */
export function NoJobs({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  return (
    <p className="py-4 text-soft" role="status">
      {filtered ? (
        <>
          No job is like that.{" "}
          <button type="button" onClick={onClear} className="text-ink underline underline-offset-2">
            Show all jobs
          </button>
          , or take a filter away.
        </>
      ) : (
        "There are no jobs yet."
      )}
    </p>
  );
}
