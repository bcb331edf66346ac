import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "../postgres-server.ts";
import { openCallers } from "./callers.ts";
import { openChangeStream } from "./change-stream.ts";
import { createDataApi } from "./data-api.ts";
import { createRealtime } from "./realtime.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../deploy/supabase/migrations");

/** Texts of the migrations, in their order. */
export async function readMigrations(): Promise<readonly string[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(names.map((name) => readFile(join(MIGRATIONS, name), "utf8")));
}

/** A real PostgreSQL in which projects can be made. */
export function startProjects(whenOver: (stop: () => Promise<void>) => void): Promise<PostgresServer> {
  return startPostgres(whenOver, { settings: { wal_level: "logical", max_replication_slots: "20" } });
}

/**
 * What can be had of a Supabase project on a machine without one: a real database with the migrations in the surroundings
 * that they have there, and a contract server for its Data API and its Realtime.
 *
 * @param whenOver is given what ends it, such as `onTestFinished`
 */
export async function startProject(
  postgres: PostgresServer,
  whenOver: (stop: () => Promise<void>) => void,
  /** Statements of somebody who was there before Playhead. */
  { before = "" }: { readonly before?: string } = {},
) {
  const databaseUrl = await postgres.createDatabase();
  const callers = openCallers(databaseUrl);
  await callers.query(await readFile(join(import.meta.dirname, "surroundings.sql"), "utf8"));
  await callers.query(before);
  for (const migration of await readMigrations()) await callers.query(migration);
  const realtime = createRealtime(callers);
  const changes = await openChangeStream(databaseUrl, realtime.tell);
  const api = createDataApi(callers);
  let isAway = false;
  const server = createServer((request, response) => {
    if (isAway) request.socket.destroy();
    else void api(request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    if (isAway) socket.destroy();
    else realtime.upgrade(request, socket, head);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  whenOver(async () => {
    // Others have their projects in the same PostgreSQL.
    if (isAway) await postgres.start();
    realtime.cut();
    server.closeAllConnections();
    server.close();
    await changes.close();
    await callers.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    databaseUrl,
    anonKey: await callers.sign({ role: "anon" }),
    serviceRoleKey: await callers.sign({ role: "service_role" }),
    /** The token of somebody who is signed in. */
    signIn: (claims: Readonly<Record<string, unknown>>, expires?: string) =>
      callers.sign({ role: "authenticated", ...claims }, expires),
    /** Asks the database as who owns it. */
    query: callers.query,
    /** Ends all sockets; they may come back. */
    cutSockets: realtime.cut,
    /** Everything of it is gone, as in an outage. */
    async goAway(): Promise<void> {
      isAway = true;
      realtime.cut();
      server.closeAllConnections();
      await postgres.kill();
    },
    async comeBack(): Promise<void> {
      await postgres.start();
      isAway = false;
    },
  };
}

export type SupabaseProject = Awaited<ReturnType<typeof startProject>>;
