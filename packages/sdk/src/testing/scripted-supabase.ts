import type { SupabaseChannel, SupabaseLike } from "../seeds/supabase/supabase-like.ts";

type Row = Readonly<Record<string, string | number>>;
type Heard = (payload: never) => void;

/** One channel of a {@link scriptSupabase}, from the server's side. */
export interface ScriptedChannel {
  readonly topic: string;
  /** The filters of its changes of tables. */
  readonly filters: readonly string[];
  /** What the client is told of its subscription. */
  status(status: string, error?: Error): void;
  /** Joined, and changes come through. */
  ready(): void;
  say(type: "broadcast" | "system" | "postgres_changes", payload: object): void;
}

/** A client of supabase-js at its seam: a test says what comes over its socket, and which rows there are. */
export function scriptSupabase(tables: Readonly<Record<string, Row[]>>) {
  const channels: ScriptedChannel[] = [];
  const removed: string[] = [];
  const asked: string[] = [];
  let failure: Error | null = null;
  let signedIn: Promise<void> = Promise.resolve();

  function channel(topic: string, { config }: { config: { readonly private: boolean } }): SupabaseChannel {
    const listeners: { readonly type: string; readonly heard: Heard }[] = [];
    const filters: string[] = [];
    let told: (status: string, error?: Error) => void = () => undefined;
    const say: ScriptedChannel["say"] = (type, payload) => {
      for (const each of listeners) if (each.type === type) each.heard(payload as never);
    };
    const scripted: ScriptedChannel = {
      topic,
      filters,
      status: (status, error) => told(status, error),
      ready() {
        told("SUBSCRIBED");
        say("system", { extension: config.private ? "system" : "postgres_changes", status: "ok" });
      },
      say,
    };
    channels.push(scripted);
    return {
      on(type: string, filter: object, heard: Heard) {
        listeners.push({ type, heard });
        if ("filter" in filter) filters.push(String(filter.filter));
      },
      subscribe(callback) {
        told = callback;
      },
    };
  }

  /** Rows of a table, narrowed by what is said of them before they are awaited. */
  function rowsOf(table: string) {
    let rows = [...(tables[table] ?? [])];
    const narrow = (keep: (row: Row) => boolean) => {
      rows = rows.filter(keep);
      return query;
    };
    const query = {
      eq: (column: string, value: unknown) => narrow((row) => row[column] === value),
      gt: (column: string, value: string | number) => narrow((row) => (row[column] ?? "") > value),
      gte: (column: string, value: string | number) => narrow((row) => (row[column] ?? "") >= value),
      in: (column: string, values: readonly unknown[]) => narrow((row) => values.includes(row[column])),
      order(column: string, { ascending }: { readonly ascending: boolean }) {
        const way = ascending ? 1 : -1;
        rows.sort((a, b) => ((a[column] ?? "") < (b[column] ?? "") ? -way : way));
        return query;
      },
      limit(count: number) {
        rows = rows.slice(0, count);
        return query;
      },
      // biome-ignore lint/suspicious/noThenProperty: a query of supabase-js is awaited itself
      then<Result>(resolve: (answer: { readonly data: unknown; readonly error: unknown }) => Result) {
        asked.push(table);
        return Promise.resolve({ data: failure === null ? rows : null, error: failure }).then(resolve);
      },
    };
    return query;
  }

  const supabase: SupabaseLike = {
    channel,
    realtime: { setAuth: () => signedIn },
    async removeChannel() {
      removed.push(channels.at(-1)?.topic ?? "");
    },
    from: (table) => ({ select: () => rowsOf(table) }),
  };
  return {
    supabase,
    channels,
    removed,
    /** The tables that were read, in order. */
    asked,
    /** From now on it is waited for the token. @returns lets it come, or fail */
    holdToken() {
      const token = Promise.withResolvers<void>();
      signedIn = token.promise;
      return token;
    },
    /** From now on readings fail; null: no more. */
    failReadings(error: Error | null) {
      failure = error;
    },
  };
}
