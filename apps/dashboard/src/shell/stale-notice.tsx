import { formatAge, formatClock } from "@playhead/client/format";
import { useConnection } from "@playhead/react";
import { client } from "../client.ts";
import { Button } from "../ui/button.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { useNow } from "../ui/use-now.ts";

/** A hiccup that is over sooner is not worth a word. */
const PATIENCE_MS = 1_500;

/** Says that what one sees is not now, how old it is, and what is being done about it. */
export function StaleNotice() {
  const connection = useConnection();
  const lostAtMs = "lostAtMs" in connection ? connection.lostAtMs : null;
  const stale = lostAtMs !== null && connection.status !== "refused";
  const nowMs = useNow(stale ? 1_000 : null);
  if (!stale || nowMs - lostAtMs < PATIENCE_MS) return null;
  const doing = connection.status === "offline" ? "Offline." : "Reconnecting.";
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex justify-center px-4">
      <div className="pointer-events-auto flex items-center gap-3 rounded-md border border-line bg-surface py-2 pr-2 pl-3 text-13 shadow-float">
        <StateMark shape="paused" />
        <p>
          <span className="font-medium">{doing}</span>{" "}
          <span className="text-soft">
            What you see is from {formatClock(lostAtMs, { seconds: true })}, {formatAge(nowMs - lostAtMs)}.
          </span>
        </p>
        <Button onClick={client.retry} look="plain">
          Try now
        </Button>
      </div>
    </div>
  );
}
