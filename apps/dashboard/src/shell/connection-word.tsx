import { useConnection } from "@playhead/react";
import { formatClock } from "../ui/times.ts";
import { connectionWord, lostAtOf } from "./connection-words.ts";

/** Whether what one sees is now, in a word; and as of when it is, where it is not. */
export function ConnectionWord() {
  const connection = useConnection();
  const lostAtMs = lostAtOf(connection);
  const isWrong = lostAtMs !== null || connection.status === "refused";
  return (
    <span role="status" className={`px-2 text-13 whitespace-nowrap ${isWrong ? "text-paused" : "text-faint"}`}>
      {connectionWord(connection)}
      {lostAtMs !== null && (
        <span className="text-soft max-desk:sr-only"> · as of {formatClock(lostAtMs, { seconds: true })}</span>
      )}
    </span>
  );
}
