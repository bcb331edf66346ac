import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import type { ActionFault } from "../../ui/use-action.ts";
import { counted } from "./setting-words.ts";

export interface SaveBarProps {
  readonly count: number;
  /** How many of them wait for a start. */
  readonly atStart: number;
  readonly busy: boolean;
  readonly fault: ActionFault | null;
  readonly onDiscard: () => void;
}

/** What is typed and not saved, with what to do about it; nothing while nothing is. */
export function SaveBar({ count, atStart, busy, fault, onDiscard }: SaveBarProps) {
  if (count === 0) return null;
  return (
    <div className="sticky bottom-4 z-30 mt-6 rounded-md border border-line bg-surface p-3 shadow-float">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <p role="status" className="text-13">
          {counted(count, "change", "changes")} not saved
          <span className="text-soft">{atStart > 0 ? `, ${atStart} for the next start` : ""}</span>
        </p>
        <div className="flex gap-2">
          <Button look="plain" onClick={onDiscard}>
            Discard
          </Button>
          <Button type="submit" busy={busy}>
            Save
          </Button>
        </div>
      </div>
      <FaultNote fault={fault} />
    </div>
  );
}
