import type { ConnectionState } from "@playhead/client";
import { type ClientOptions, usePlayheadClient } from "./use-client.ts";
import { IDLE } from "./use-job.ts";
import { useStore } from "./use-store.ts";

/** Where the connection stands. */
export function useConnection(options: ClientOptions = {}): ConnectionState {
  return useStore(usePlayheadClient(options)?.connection ?? null, IDLE);
}
