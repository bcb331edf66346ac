import { createPlayheadClient } from "@playhead/client";
import { PlayheadError } from "@playhead/core";

/** A server, and what opens it. */
export interface ServerAddress {
  readonly url: string;
  readonly apiKey: string;
}

/**
 * Asks a server whether it is there and takes the key, so that a person learns of it at once.
 *
 * @throws PlayheadError `server_unreachable`, `unauthorized`; `usage_error` when the address is none
 */
export async function checkServer(server: ServerAddress): Promise<void> {
  await tenantOf(server);
}

/** Whose the key is. @throws PlayheadError as {@link checkServer} */
export async function tenantOf({ url, apiKey }: ServerAddress): Promise<string> {
  const client = createPlayheadClient({ url, token: async () => apiKey });
  try {
    return (await client.api.session()).tenant_id;
  } catch (cause) {
    throw explained(cause, url);
  } finally {
    client.close();
  }
}

/** The error of a request, with what a person at a terminal can do about it. */
export function explained(error: unknown, url: string): unknown {
  if (!(error instanceof PlayheadError)) return error;
  if (error.code === "server_unreachable") {
    return new PlayheadError("server_unreachable", `the server at ${url} cannot be reached`, {
      hint: "check the address, and that playhead serve runs there",
      cause: error,
    });
  }
  if (error.code === "unauthorized") {
    return new PlayheadError("unauthorized", `the server at ${url} does not take this key`, {
      hint: "give its access key with --key or PLAYHEAD_KEY",
      cause: error,
    });
  }
  return error;
}
