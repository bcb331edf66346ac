import { type CSSProperties, useEffect, useRef, useState } from "react";

export interface AnnouncementProps {
  /** A change of this is told; null while there is nothing to tell of yet. */
  readonly topic: string | null;
  readonly message: string;
}

/**
 * Tells screen readers, politely, that something has changed: once for each topic, and not for the first, which the page
 * shows anyway. All that moves in between stays silent.
 */
export function Announcement({ topic, message }: AnnouncementProps) {
  const [said, setSaid] = useState("");
  const known = useRef<string | null>(null);
  useEffect(() => {
    if (topic === null || topic === known.current) return;
    if (known.current !== null) setSaid(message);
    known.current = topic;
  }, [topic, message]);
  return (
    <span role="status" style={UNSEEN}>
      {said}
    </span>
  );
}

const UNSEEN: CSSProperties = {
  position: "absolute",
  width: 1,
  height: 1,
  overflow: "hidden",
  clipPath: "inset(50%)",
  whiteSpace: "nowrap",
};
