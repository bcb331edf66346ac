import type { Alert } from "@playhead/core";
import { client } from "../client.ts";
import { createPoll, type Polled, usePoll } from "../ui/poll.ts";
import { createAlertNews } from "./alert-news.ts";
import { byUrgency } from "./alert-words.ts";
import { alertsApi } from "./alerts-api.ts";

/** What fires now, the most urgent first. */
export interface FiringAlerts {
  readonly alerts: readonly Alert[];
  /** Whether there are more than were read. */
  readonly hasMore: boolean;
}

const MOST = 200;

/** One for the bar at the top and all pages. An alert wants to be seen at once: the server says when there is one. */
const poll = createPoll<FiringAlerts>(
  async () => {
    const { alerts, next_page_token } = await alertsApi.alerts({ state: ["firing"], page_size: MOST });
    return { alerts: [...alerts].sort(byUrgency), hasMore: next_page_token !== null };
  },
  { news: createAlertNews({ open: () => new EventSource("/api/v1/alerts/stream"), connection: client.connection }) },
);

/** The alerts that fire, as they come and go. */
export const useFiringAlerts = (): Polled<FiringAlerts> => usePoll(poll);

/** After something was done about them. */
export const refreshFiring = (): Promise<void> => poll.refresh();
