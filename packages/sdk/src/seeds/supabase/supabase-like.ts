/** A client of `@supabase/supabase-js`, as far as changes are watched through it. */
export interface SupabaseLike {
  channel(
    topic: string,
    options: {
      config: {
        readonly private: boolean;
        readonly broadcast?: { readonly replication_ready: boolean };
      };
    },
  ): SupabaseChannel;
  /** Resolves once the socket has the token of whoever is signed in. */
  readonly realtime: { setAuth(): Promise<void> };
  removeChannel(channel: SupabaseChannel): Promise<unknown>;
  /** Its queries are a {@link SupabaseQuery}; their own type is too deep to be compared with it. */
  from(table: string): { select(columns: string): unknown };
}

/** Something that can be heard of over the client's socket. */
export interface SupabaseChannel {
  on(type: "broadcast", filter: { event: string }, callback: (message: { [key: string]: unknown }) => void): unknown;
  on(type: "system", filter: object, callback: (payload: { [key: string]: unknown }) => void): unknown;
  on(
    type: "postgres_changes",
    filter: { event: "*"; schema: string; table: string; filter: string },
    callback: (payload: { new: object }) => void,
  ): unknown;
  subscribe(callback: (status: string, error?: Error) => void): unknown;
}

/** Rows that are asked for; they are read once it is awaited. */
export interface SupabaseQuery extends PromiseLike<{ readonly data: unknown; readonly error: unknown }> {
  eq(column: string, value: string): SupabaseQuery;
  gt(column: string, value: string | number): SupabaseQuery;
  gte(column: string, value: string): SupabaseQuery;
  in(column: string, values: readonly string[]): SupabaseQuery;
  order(column: string, options: { ascending: boolean }): SupabaseQuery;
  limit(count: number): SupabaseQuery;
}

/** Whole rows of a table, to be narrowed. */
export function selectRows(supabase: SupabaseLike, table: string): SupabaseQuery {
  return supabase.from(table).select("*") as SupabaseQuery;
}

/** @throws what Supabase refused the reading with */
export async function rowsOf(query: SupabaseQuery): Promise<readonly unknown[]> {
  const { data, error } = await query;
  if (error !== null) throw error;
  return data as readonly unknown[];
}

/** Calls back after a delay. @returns takes it back */
export type WatchTimer = (callback: () => void, delayMs: number) => () => void;

/** What all watches of one client share. */
export interface WatchParts {
  readonly supabase: SupabaseLike;
  readonly tenantId: string;
  readonly setTimer: WatchTimer;
  /** 0..1 */
  readonly random: () => number;
}
