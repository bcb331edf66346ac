import { PlayheadError } from "@playhead/core";
import pg from "pg";
import { ANSWER_MS, arrayOf, isRefusedData, refusalOf, type Writer } from "./writer.ts";

const APPEND = "SELECT public.playhead_append($1, $2::jsonb, $3::jsonb)";
const SQL_STATE = /^[0-9A-Z]{5}$/;

/**
 * Writes over a connection to the project's database, as a role that may call `playhead_append` and nothing else. One
 * connection: batches go one after the other, and projects have few to give. Statements have no name, so that it may lead
 * through a pooler.
 */
export function createDatabaseWriter(url: string): Writer {
  let client: pg.Client | null = null;
  let isClosed = false;

  async function connected(): Promise<pg.Client> {
    if (client !== null) return client;
    if (isClosed) throw new PlayheadError("service_unavailable", "the mirror into Supabase has ended");
    const opened = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: "playhead",
    });
    client = opened;
    // It breaks while nothing is under way: the next batch opens another one, and tells if it cannot.
    opened.on("error", () => leave(opened));
    await opened.connect();
    return opened;
  }

  /** One with a statement under way is cut off. */
  async function leave(left: pg.Client): Promise<void> {
    if (client === left) client = null;
    await left.end().catch(() => undefined);
  }

  async function append(to: pg.Client, values: readonly string[]): Promise<void> {
    try {
      await to.query(APPEND, [...values]);
    } catch (error) {
      const { code, message } = error as { readonly code?: string; readonly message: string };
      throw code !== undefined && SQL_STATE.test(code) ? refusalOf(code, message, error) : error;
    }
  }

  return {
    async append({ epoch, jobs, events }) {
      try {
        await append(await connected(), [epoch, arrayOf(jobs), arrayOf(events)]);
      } catch (error) {
        // After all else it is not known how the connection is.
        if (client !== null && !isRefusedData(error)) await leave(client);
        throw error;
      }
    },
    async close() {
      isClosed = true;
      if (client !== null) await leave(client);
    },
  };
}
