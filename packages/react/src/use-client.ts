import { createPlayheadClient, type PlayheadClient, type PlayheadClientOptions } from "@playhead/client";
import { useContext, useEffect, useRef } from "react";
import { PlayheadContext } from "./provider.tsx";

/** How a hook finds its server where no provider stands above it. */
export type ClientOptions = Pick<PlayheadClientOptions, "url" | "token">;

/**
 * The client of the provider above or, where there is none, one of the component's own. Null while a page is rendered on
 * a server without a provider: there is nothing to follow there.
 */
export function usePlayheadClient(options: ClientOptions = {}): PlayheadClient | null {
  const provided = useContext(PlayheadContext);
  const own = useRef<PlayheadClient | null>(null);
  const { url, token } = options;
  const newestToken = useRef(token);
  useEffect(() => {
    newestToken.current = token;
  });
  if (provided !== null) return provided;
  if (typeof window === "undefined") return null;
  // It opens nothing until something is followed, and lets go when nothing is any more: there is nothing to clean up.
  own.current ??= createPlayheadClient({
    ...(url !== undefined && { url }),
    // The newest function is asked, though each render may bring another one.
    ...(token !== undefined && { token: () => (newestToken.current ?? token)() }),
  });
  return own.current;
}
