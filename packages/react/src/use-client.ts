import type { PlayheadClient, PlayheadClientOptions } from "@playhead/client";
import { useContext, useEffect, useMemo } from "react";
import { PlayheadContext } from "./provider.tsx";
import { shareClient } from "./shared-clients.ts";

/**
 * How a hook finds its server where no provider stands above it. Components with the same `url` and the same `token`
 * function share one connection; a function that is new with each render gives the component one of its own, which always
 * asks the newest.
 */
export type ClientOptions = Pick<PlayheadClientOptions, "url" | "token">;

/**
 * The client of the provider above or, where there is none, the one that all share who ask the same server with the same
 * token. Null while a page is rendered on a server without a provider: there is nothing to follow there.
 *
 * @param scope What the token is for, such as a job: when it and the token function change, so does the client.
 */
export function usePlayheadClient(options: ClientOptions = {}, scope = ""): PlayheadClient | null {
  const provided = useContext(PlayheadContext);
  const { url, token } = options;
  const isOurs = provided === null && typeof window !== "undefined";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a token function that is new with each render must not bring a new connection with each render; with another scope it may
  const shared = useMemo(() => (isOurs ? shareClient(url, token) : null), [isOurs, url, scope]);
  useEffect(() => {
    if (shared !== null) shared.token.newest = token;
  });
  return provided ?? shared?.client ?? null;
}
