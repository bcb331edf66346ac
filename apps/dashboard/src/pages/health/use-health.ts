import type { HealthHistory, HealthReport } from "@playhead/core";
import { useEffect, useState } from "react";
import { client } from "../../client.ts";

/** What is known of the server's health. */
export interface KnownHealth {
  readonly report: HealthReport | null;
  readonly history: HealthHistory | null;
  /** Why it could not be had the last time; null when it could. */
  readonly error: unknown;
}

/** The server looks once a minute at most; this is how late the page may hear of it. */
const EVERY_MS = 10_000;
const HOURS = 24;

/** How the server is, asked for again and again. What was heard last stands until the next time. */
export function useHealth(): KnownHealth {
  const [known, setKnown] = useState<KnownHealth>({ report: null, history: null, error: null });
  useEffect(() => {
    let over = false;
    let seen = "";

    async function read(): Promise<void> {
      try {
        const report = await client.api.health();
        // The history has nothing new before there is a new report.
        const history = report.timestamp === seen ? null : await client.api.healthHistory(HOURS);
        seen = report.timestamp;
        if (!over) setKnown((before) => ({ report, history: history ?? before.history, error: null }));
      } catch (error) {
        if (!over) setKnown((before) => ({ ...before, error }));
      }
    }

    void read();
    const timer = setInterval(read, EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  return known;
}
