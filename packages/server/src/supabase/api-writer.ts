import { PlayheadError } from "@playhead/core";
import { ANSWER_MS, arrayOf, refusalOf, type Writer } from "./writer.ts";

/** The body is larger than the server takes, as if a value were: a part of it may fit. */
const TOO_LARGE = 413;
const VALUE_TOO_LARGE = "22001";
const MOST_TEXT = 500;

/**
 * Writes over the project's Data API, where its database cannot be reached. One call is one transaction there; rows that
 * are posted to tables are not, so it calls `playhead_append` as the connection to the database does.
 */
export function createApiWriter(url: string, serviceRoleKey: string): Writer {
  const address = new URL("rest/v1/rpc/playhead_append", url.endsWith("/") ? url : `${url}/`);
  const closing = new AbortController();

  async function ask(body: string): Promise<Response> {
    try {
      return await fetch(address, {
        method: "POST",
        headers: {
          apikey: serviceRoleKey,
          authorization: `Bearer ${serviceRoleKey}`,
          "content-type": "application/json",
        },
        body,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ANSWER_MS)]),
        // The key goes to the address that somebody configured, and to no other.
        redirect: "error",
      });
    } catch (cause) {
      // What fetch throws says only that it failed; why is in its cause.
      const { message, cause: why } = cause as Error;
      const said = why instanceof Error ? why.message : message;
      throw new PlayheadError("service_unavailable", `Supabase cannot be reached: ${said}`, { cause });
    }
  }

  return {
    async append({ epoch, jobs, events }) {
      const answer = await ask(
        `{"epoch":${JSON.stringify(epoch)},"jobs":${arrayOf(jobs)},"events":${arrayOf(events)}}`,
      );
      const text = await answer.text();
      if (answer.ok) return;
      const { code, message } = readRefusal(text);
      throw refusalOf(answer.status === TOO_LARGE ? VALUE_TOO_LARGE : code, `status ${answer.status}, ${message}`);
    },
    async close() {
      closing.abort();
    },
  };
}

/** PostgREST says what PostgreSQL said; what stands before it says something of its own. */
function readRefusal(text: string): { readonly code: unknown; readonly message: string } {
  try {
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown };
    if (typeof message === "string") return { code, message };
  } catch {
    // No JSON: a page of a proxy's.
  }
  return { code: null, message: text.slice(0, MOST_TEXT) };
}
