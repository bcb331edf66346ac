import type { PlayheadClient } from "@playhead/client";
import { createContext, type ReactNode } from "react";

/** The client that the hooks below a provider use. */
export const PlayheadContext = createContext<PlayheadClient | null>(null);

export interface PlayheadProviderProps {
  /** From `createPlayheadClient()`; whoever creates it closes it. */
  readonly client: PlayheadClient;
  readonly children: ReactNode;
}

/** Gives a client to the hooks below it, so that they share one connection. */
export function PlayheadProvider({ client, children }: PlayheadProviderProps) {
  return <PlayheadContext value={client}>{children}</PlayheadContext>;
}
