import { createPlayheadClient, type PlayheadClient } from "@playhead/client";

type Token = () => Promise<string>;

/** A client that components share, and the token function that it asks. */
export interface SharedClient {
  readonly client: PlayheadClient;
  readonly token: { newest: Token | undefined };
}

/** Without a token of its own: the session's cookie speaks. */
const byUrl = new Map<string, SharedClient>();
/** A token function that nobody holds any more takes its clients along. */
const byToken = new WeakMap<Token, Map<string, SharedClient>>();

/**
 * The one client for a server and a token function. It opens nothing until something is followed, and lets go when nothing
 * is any more: there is nothing to clean up.
 */
export function shareClient(url: string | undefined, token: Token | undefined): SharedClient {
  const clients = token === undefined ? byUrl : (byToken.get(token) ?? new Map<string, SharedClient>());
  if (token !== undefined) byToken.set(token, clients);
  const known = clients.get(url ?? "");
  if (known !== undefined) return known;
  const asked = { newest: token };
  const shared: SharedClient = {
    token: asked,
    client: createPlayheadClient({
      ...(url !== undefined && { url }),
      ...(token !== undefined && { token: () => (asked.newest ?? token)() }),
    }),
  };
  clients.set(url ?? "", shared);
  return shared;
}
