import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type Change, createPgoutputReader } from "./pgoutput.ts";

const LOOK_EVERY_MS = 15;
const PUBLICATIONS = "supabase_realtime,supabase_realtime_messages";

/** Reads what a database's publications publish; after a crash of the database some of it twice. */
export async function openChangeStream(databaseUrl: string, onChange: (change: Change) => Promise<void>) {
  const slot = `stream_${randomBytes(6).toString("hex")}`;
  let isClosed = false;
  let client: pg.Client | null = null;

  async function connected(): Promise<pg.Client> {
    if (client !== null) return client;
    const opened = new pg.Client(databaseUrl);
    opened.on("error", () => undefined);
    opened.on("end", () => {
      if (client === opened) client = null;
    });
    await opened.connect();
    client = opened;
    return opened;
  }

  /** @returns how many messages there were */
  async function look(): Promise<number> {
    const { rows } = await (await connected()).query<{ data: Buffer }>(
      "SELECT data FROM pg_logical_slot_get_binary_changes($1, NULL, NULL, 'proto_version', '1', 'publication_names', $2)",
      [slot, PUBLICATIONS],
    );
    const read = createPgoutputReader();
    for (const { data } of rows) {
      const change = read(data);
      if (change !== null) await onChange(change);
    }
    return rows.length;
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      const count = await look().catch(() => 0);
      if (count === 0) await sleep(LOOK_EVERY_MS);
    }
  }

  await (await connected()).query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
  const running = run();
  return {
    async close(): Promise<void> {
      isClosed = true;
      await running;
      await client?.end().catch(() => undefined);
    },
  };
}
