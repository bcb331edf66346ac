import type { Overview } from "@playhead/client";
import { useEffect, useState } from "react";
import { client } from "../client.ts";

/** Sums over a day need no more. */
const EVERY_MS = 15_000;

/** The figures of the whole server; null before they have come. */
export function useOverview(): Overview | null {
  const [overview, setOverview] = useState<Overview | null>(null);
  useEffect(() => {
    let over = false;
    // When it cannot be had now, the last one stands until the next time.
    const read = () =>
      client.api.overview().then(
        (read) => over || setOverview(read),
        () => {},
      );
    read();
    const timer = setInterval(read, EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  return overview;
}
