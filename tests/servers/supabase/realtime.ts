import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import pg from "pg";
import { type WebSocket, WebSocketServer } from "ws";
import type { Caller, Callers } from "./callers.ts";
import { listOf } from "./data-api.ts";
import type { Change, Row } from "./pgoutput.ts";
import { decodeFrame, encodeFrame, type Message, type Vsn } from "./realtime-frames.ts";

interface Subscription {
  readonly id: number;
  readonly event: string;
  readonly schema: string;
  readonly table?: string;
  readonly filter?: string;
}

interface Channel {
  readonly name: string;
  readonly isPrivate: boolean;
  readonly joinRef: string | null;
  readonly subscriptions: readonly Subscription[];
  caller: Caller;
}

interface Connection {
  readonly socket: WebSocket;
  readonly channels: Map<string, Channel>;
  send(message: Message): void;
}

const PREFIX = "realtime:";
const id = pg.escapeIdentifier;

/**
 * The protocol of Supabase's Realtime as its documentation has it, as far as supabase-js needs it to hear of changes: who
 * may join what, and see which row, is asked of the database's own row-level security.
 */
export function createRealtime(callers: Callers) {
  const server = new WebSocketServer({ noServer: true });
  const connections = new Set<Connection>();
  const primaryKeys = new Map<string, readonly string[]>();
  let lastId = 0;

  /** A message is added and read as the caller, and taken back. */
  async function mayRead(caller: Caller, topic: string): Promise<boolean> {
    const before = async (client: pg.PoolClient) => {
      await client.query("SELECT set_config('realtime.topic', $1, true)", [topic]);
      await client.query("INSERT INTO realtime.messages (topic, extension) VALUES ($1, 'broadcast')", [topic]);
    };
    const read = (client: pg.PoolClient) => client.query("SELECT FROM realtime.messages WHERE topic = $1", [topic]);
    const { rowCount } = await callers.as(caller, read, { isTrial: true, before });
    return (rowCount ?? 0) > 0;
  }

  async function mayWrite(caller: Caller, topic: string): Promise<boolean> {
    const before = (client: pg.PoolClient) => client.query("SELECT set_config('realtime.topic', $1, true)", [topic]);
    const write = (client: pg.PoolClient) =>
      client.query("INSERT INTO realtime.messages (topic, extension) VALUES ($1, 'broadcast')", [topic]);
    return callers.as(caller, write, { isTrial: true, before }).then(
      () => true,
      () => false,
    );
  }

  async function join(connection: Connection, apiKey: string, message: Message): Promise<void> {
    const { topic, ref, joinRef, payload } = message;
    const name = topic.slice(PREFIX.length);
    const { config = {}, access_token = apiKey } = payload as {
      config?: { private?: boolean; broadcast?: { replication_ready?: boolean }; postgres_changes?: Subscription[] };
      access_token?: string;
    };
    const reply = (status: string, response: object) =>
      connection.send({ joinRef, ref, topic, event: "phx_reply", payload: { status, response } });
    const caller = await callers.verify(access_token);
    if (caller === null) return reply("error", { reason: "InvalidJWTToken: the token is not valid" });
    const isPrivate = config.private === true;
    if (isPrivate && !(await mayRead(caller, name))) {
      return reply("error", { reason: `Unauthorized: no permission to read from this Channel topic: ${name}` });
    }
    const subscriptions = (config.postgres_changes ?? []).map((each) => {
      lastId += 1;
      return { ...each, id: lastId };
    });
    connection.channels.set(topic, { name, isPrivate, joinRef, subscriptions, caller });
    reply("ok", { postgres_changes: subscriptions });
    const tell = (extension: string, said: string) => {
      const told = { status: "ok", extension, message: said, channel: name };
      connection.send({ joinRef: null, ref: null, topic, event: "system", payload: told });
    };
    if (subscriptions.length > 0) tell("postgres_changes", "Subscribed to PostgreSQL");
    if (config.broadcast?.replication_ready === true) tell("system", "Replication connection established");
  }

  async function renew(connection: Connection, { topic, payload }: Message): Promise<void> {
    const channel = connection.channels.get(topic);
    const caller = await callers.verify(String(payload.access_token));
    if (channel === undefined) return;
    if (caller !== null && (!channel.isPrivate || (await mayRead(caller, channel.name)))) {
      channel.caller = caller;
      return;
    }
    connection.channels.delete(topic);
    connection.send({ joinRef: channel.joinRef, ref: channel.joinRef, topic, event: "phx_close", payload: {} });
  }

  async function relay(from: Connection, { topic, payload }: Message): Promise<void> {
    const channel = from.channels.get(topic);
    if (channel === undefined || (channel.isPrivate && !(await mayWrite(channel.caller, channel.name)))) return;
    for (const each of connections) if (each !== from) broadcastTo(each, channel.name, channel.isPrivate, payload);
  }

  function broadcastTo(connection: Connection, name: string, isPrivate: boolean, payload: Message["payload"]): void {
    const channel = connection.channels.get(PREFIX + name);
    if (channel?.isPrivate !== isPrivate) return;
    connection.send({ joinRef: null, ref: null, topic: PREFIX + name, event: "broadcast", payload });
  }

  async function receive(connection: Connection, apiKey: string, message: Message): Promise<void> {
    const { topic, event, ref, joinRef } = message;
    const reply = () =>
      connection.send({ joinRef, ref, topic, event: "phx_reply", payload: { status: "ok", response: {} } });
    if (event === "phx_join") await join(connection, apiKey, message);
    else if (event === "access_token") await renew(connection, message);
    else if (event === "broadcast") await relay(connection, message);
    else if (event === "phx_leave") {
      connection.channels.delete(topic);
      reply();
    } else if (event === "heartbeat") reply();
  }

  async function primaryKeyOf({ schema, table }: Change): Promise<readonly string[]> {
    const name = `${schema}.${table}`;
    const known = primaryKeys.get(name);
    if (known !== undefined) return known;
    const { rows } = await callers.query(
      "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indisprimary AND indrelid = $1::regclass",
      [name],
    );
    const columns = rows.map(({ attname }) => String(attname));
    primaryKeys.set(name, columns);
    return columns;
  }

  /** Whether row-level security lets somebody see the row. */
  async function maySee(caller: Caller, change: Change, row: Row, key: readonly string[]): Promise<boolean> {
    const where = key.map((column, at) => `${id(column)} = $${at + 1}`).join(" AND ");
    const ask = `SELECT FROM ${id(change.schema)}.${id(change.table)} WHERE ${where}`;
    const values = key.map((column) => row[column]);
    return callers
      .as(caller, (client) => client.query(ask, values))
      .then(
        ({ rowCount }) => (rowCount ?? 0) > 0,
        () => false,
      );
  }

  async function tellChange(connection: Connection, topic: string, channel: Channel, change: Change): Promise<void> {
    const { type, schema, table, columns, record, oldRecord } = change;
    const wanted = channel.subscriptions.filter(
      (each) =>
        (each.event === "*" || each.event === type) &&
        each.schema === schema &&
        (each.table === undefined || each.table === table) &&
        // What is gone can be matched with nothing: neither with a filter nor with a policy.
        (record === null || matches(each.filter, record)),
    );
    if (wanted.length === 0) return;
    const key = await primaryKeyOf(change);
    if (record !== null && !(await maySee(channel.caller, change, record, key))) return;
    const old = oldRecord ?? Object.fromEntries(key.map((column) => [column, record?.[column]]));
    const data = {
      ...{ schema, table, type, columns, errors: null, commit_timestamp: new Date().toISOString() },
      ...(record !== null && { record }),
      ...(type !== "INSERT" && { old_record: record === null ? Object.fromEntries(key.map((k) => [k, old[k]])) : old }),
    };
    const payload = { ids: wanted.map((each) => each.id), data };
    connection.send({ joinRef: null, ref: null, topic, event: "postgres_changes", payload });
  }

  server.on("connection", (socket, request: IncomingMessage) => {
    const query = new URL(request.url ?? "", "http://project").searchParams;
    const vsn: Vsn = query.get("vsn") === "2.0.0" ? "2.0.0" : "1.0.0";
    const connection: Connection = {
      socket,
      channels: new Map(),
      send: (message) => socket.send(encodeFrame(vsn, message)),
    };
    connections.add(connection);
    socket.on("close", () => connections.delete(connection));
    // One after the other, so that a join is answered before what follows it.
    let turn = Promise.resolve();
    socket.on("message", (data, isBinary) => {
      const message = decodeFrame(vsn, data as Buffer, isBinary);
      if (message === null) return;
      // A database that is away refuses nobody: the socket ends, and who was there comes back.
      turn = turn.then(() => receive(connection, query.get("apikey") ?? "", message)).catch(() => socket.terminate());
    });
  });

  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      server.handleUpgrade(request, socket, head, (opened) => server.emit("connection", opened, request));
    },
    /** Tells whoever may hear of it. */
    async tell(change: Change): Promise<void> {
      const { schema, table, record } = change;
      const isMessage = schema === "realtime" && table === "messages" && record !== null;
      for (const connection of connections) {
        if (isMessage) {
          const payload = { type: "broadcast", event: record.event, payload: record.payload, meta: { id: record.id } };
          broadcastTo(connection, String(record.topic), record.private === true, payload);
        } else {
          for (const [topic, channel] of connection.channels) await tellChange(connection, topic, channel, change);
        }
      }
    },
    /** Ends all sockets, as a cut network would. */
    cut(): void {
      for (const { socket } of connections) socket.terminate();
    },
  };
}

function matches(filter: string | undefined, row: Row): boolean {
  if (filter === undefined || filter === "") return true;
  return filter.split(/,(?![^(]*\))/).every((condition) => {
    const [, column = "", operator, value = ""] = /^(\w+)=(eq|in)\.(.*)$/s.exec(condition) ?? [];
    if (operator === undefined) throw new Error(`expected a filter by eq or in, got ${condition}`);
    const is = String(row[column]);
    return operator === "in" ? listOf(value).includes(is) : is === value.replace(/^"(.*)"$/s, "$1");
  });
}
