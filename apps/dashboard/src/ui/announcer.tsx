import { useEffect, useRef, useState } from "react";

/** A screen reader is told of progress at most this often. */
const QUIET_MS = 15_000;

export interface AnnouncerProps {
  /** A change of this is told at once: a state, say. */
  readonly topic: string;
  readonly message: string;
}

/** Tells screen readers how things stand, politely: a new topic at once, all else every fifteen seconds, if it is new. */
export function Announcer({ topic, message }: AnnouncerProps) {
  const [said, setSaid] = useState({ topic: "", message: "" });
  const newest = useRef({ topic, message });
  useEffect(() => {
    newest.current = { topic, message };
    if (said.topic !== topic) setSaid({ topic, message });
  }, [topic, message, said.topic]);
  useEffect(() => {
    const timer = setInterval(() => setSaid(newest.current), QUIET_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {said.message}
    </p>
  );
}
