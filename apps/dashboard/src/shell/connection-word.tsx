import type { ConnectionStatus } from "@playhead/client";
import { useConnection } from "@playhead/react";

const WORDS: Readonly<Record<ConnectionStatus, string>> = {
  idle: "",
  authorizing: "Connecting",
  connecting: "Connecting",
  online: "Live",
  waiting: "Reconnecting",
  offline: "Offline",
  refused: "Not connected",
};

/** Whether what one sees is now, in a word. */
export function ConnectionWord() {
  const connection = useConnection();
  const lost = "lostAtMs" in connection && connection.lostAtMs !== null;
  const word = lost && WORDS[connection.status] === "Connecting" ? "Reconnecting" : WORDS[connection.status];
  return (
    <span
      role="status"
      className={`px-2 text-13 ${lost || connection.status === "refused" ? "text-paused" : "text-faint"}`}
    >
      {word}
    </span>
  );
}
