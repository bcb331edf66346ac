import { formatCount } from "./jobs-query.ts";

export interface NewJobsChipProps {
  readonly count: number;
  readonly onShow: () => void;
}

/** Says that there is more to see than is shown, without moving what is. */
export function NewJobsChip({ count, onShow }: NewJobsChipProps) {
  if (count === 0) return null;
  return (
    <div className="pointer-events-none sticky top-24 z-20 -mb-8 flex h-8 justify-center">
      <button
        type="button"
        onClick={onShow}
        className="pointer-events-auto rounded-md border border-edge bg-surface px-3 text-13 font-medium shadow-float hover:bg-raised"
      >
        {formatCount(count)} new
      </button>
    </div>
  );
}
