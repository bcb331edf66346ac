import { monitor, PlayheadError } from "@playhead/sdk";

/** Runs something that fetches from one platform, as one recorded call. */
export type MonitoredFetch = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** That somebody canceled is no failure of the platform. */
type Fetched<Value> = { readonly value: Value } | { readonly canceled: PlayheadError };

const fetches = new Map<string, MonitoredFetch>();
/** A feed may name any number of hosts; what is kept of them must not grow for ever. */
const MAX_PLATFORMS = 200;

/**
 * What records fetching from a platform. A call that fails names it, and raises the alert "Fetching failed". What was
 * tried again and then worked is one call that did not fail.
 *
 * @param platform `youtube`, or the host of a feed
 */
export function monitoredFetch(platform: string): MonitoredFetch {
  const known = fetches.get(platform);
  if (known !== undefined) return known;
  const call = monitor(
    async function fetchFromPlatform(work: () => Promise<unknown>): Promise<Fetched<unknown>> {
      try {
        return { value: await work() };
      } catch (error) {
        if (error instanceof PlayheadError && error.code === "canceled") return { canceled: error };
        throw error;
      }
    },
    { name: "source.fetch", metadata: { platform }, parameters: false, result: false },
  );
  const made: MonitoredFetch = async <Value>(work: () => Promise<Value>) => {
    const fetched = (await call(work)) as Fetched<Value>;
    if ("canceled" in fetched) throw fetched.canceled;
    return fetched.value;
  };
  if (fetches.size >= MAX_PLATFORMS) fetches.clear();
  fetches.set(platform, made);
  return made;
}
