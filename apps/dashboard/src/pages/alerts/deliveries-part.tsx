import type { AlertDelivery, DeliveryState } from "@playhead/core";
import { useSearchParams } from "wouter";
import { DELIVERY_WORDS } from "../../alerts/alert-words.ts";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { useNow } from "../../ui/use-now.ts";
import { AlertsFrame } from "./alerts-frame.tsx";
import { DeliveryRow } from "./delivery-row.tsx";
import { Filter, MoreButton } from "./filters.tsx";
import { usePages } from "./use-pages.ts";

const STATES = Object.keys(DELIVERY_WORDS) as readonly DeliveryState[];

/** What was told through which channel, and what came of it; the address says which. */
export function DeliveriesPart() {
  const [search, setSearch] = useSearchParams();
  const state = STATES.find((each) => each === search.get("state")) ?? null;
  const channel = search.get("channel") || null;
  const nowMs = useNow(5_000);
  const pages = usePages<AlertDelivery>(`${state} ${channel}`, async (page_token) => {
    const { deliveries, next_page_token } = await alertsApi.deliveries({
      ...(state !== null && { state: [state] }),
      ...(channel !== null && { channel }),
      ...(page_token !== undefined && { page_token }),
    });
    return { items: deliveries, next: next_page_token };
  });
  const channels = usePolled("channels", alertsApi.channels);
  const show = (name: string, value: string | null) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value === null) next.delete(name);
      else next.set(name, value);
      return next;
    });
  const { items } = pages;
  return (
    <AlertsFrame title="Alerts: deliveries" heading="What was told, and to whom">
      <search className="mt-4 flex flex-wrap gap-2">
        <Filter
          name="State"
          any="Any outcome"
          value={state}
          choices={Object.entries(DELIVERY_WORDS)}
          onChange={(value) => show("state", value)}
        />
        <Filter
          name="Channel"
          any="Any channel"
          value={channel}
          choices={(channels.value ?? []).map((each) => [each.channel, each.channel] as const)}
          onChange={(value) => show("channel", value)}
        />
      </search>
      <Loading polled={pages.polled} what="the deliveries" onRetry={() => void pages.refresh()} />
      {items !== null && items.length > 0 && (
        <ul className="mt-2" aria-label="Deliveries">
          {items.map((delivery) => (
            <DeliveryRow key={delivery.delivery_id} delivery={delivery} nowMs={nowMs} onSent={pages.refresh} />
          ))}
        </ul>
      )}
      {items?.length === 0 && (
        <p className="py-6 text-soft" role="status">
          {state === null && channel === null
            ? "Nothing has been told yet: nothing fired, or there is no channel."
            : "No delivery is like that. Take a filter away."}
        </p>
      )}
      <MoreButton pages={pages} />
    </AlertsFrame>
  );
}
