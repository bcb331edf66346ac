import { formatAge } from "@playhead/client/format";
import { useConnection } from "@playhead/react";
import { client } from "../client.ts";
import { Button } from "../ui/button.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { formatClock } from "../ui/times.ts";
import { useNow } from "../ui/use-now.ts";
import { doing, lostAtOf, needsSignIn } from "./connection-words.ts";

/** A hiccup that is over sooner is not worth a word. */
const PATIENCE_MS = 1_500;

/** Says that what one sees is not now, how old it is, and what is being done about it. The bar at the top tells it aloud. */
export function StaleNotice() {
  const connection = useConnection();
  const lostAtMs = lostAtOf(connection);
  // Whoever has to sign in is told so by the page.
  const refused = connection.status === "refused" && !needsSignIn(connection);
  const stale = (lostAtMs !== null && !needsSignIn(connection)) || refused;
  const nowMs = useNow(stale ? 1_000 : null);
  if (!stale || (!refused && lostAtMs !== null && nowMs - lostAtMs < PATIENCE_MS)) return null;
  return (
    <aside
      aria-label="Connection"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex justify-center px-4"
    >
      <div className="pointer-events-auto flex items-center gap-3 rounded-md border border-line bg-surface py-2 pr-2 pl-3 text-13 shadow-float">
        <StateMark shape="paused" />
        <p>
          <span className="font-medium">{doing(connection, nowMs)}</span>{" "}
          {lostAtMs !== null && (
            <span className="text-soft">
              What you see is as of {formatClock(lostAtMs, { seconds: true })}, {formatAge(nowMs - lostAtMs)}.
            </span>
          )}
        </p>
        <Button onClick={refused ? () => location.reload() : client.retry} look="plain">
          {refused ? "Reload" : "Try now"}
        </Button>
      </div>
    </aside>
  );
}
