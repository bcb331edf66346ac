import { createServer, type Socket } from "node:net";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/**
 * A server that speaks as much of PostgreSQL's protocol (version 3) as the package pg needs: simple and extended queries,
 * errors, transactions. What is asked is answered by SQLite.
 *
 * @param whenOver is given what ends it, such as `onTestFinished`
 * @returns its port
 */
export async function startPgServer(whenOver: (stop: () => Promise<void>) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const database = new DatabaseSync(":memory:");
  const server = createServer((socket) => {
    sockets.add(socket.setNoDelay(true));
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    serve(socket, database);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  whenOver(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    database.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function serve(socket: Socket, database: DatabaseSync): void {
  let received = Buffer.alloc(0);
  let isStarted = false;
  const session = createSession(database, (type, body) => socket.write(message(type, body)));
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const lengthAt = isStarted ? 1 : 0;
      if (received.length < lengthAt + 4) return;
      const end = lengthAt + received.readInt32BE(lengthAt);
      if (received.length < end) return;
      const type = isStarted ? String.fromCharCode(received[0] ?? 0) : "startup";
      const body = received.subarray(lengthAt + 4, end);
      received = received.subarray(end);
      isStarted = true;
      if (type === "X") socket.end();
      else session(type, body);
    }
  });
}

interface Portal {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

function createSession(database: DatabaseSync, send: (type: string, body: Buffer) => void) {
  const prepared = new Map<string, string>();
  let portal: Portal = { text: "", values: [] };
  let hasFailed = false;

  const ready = () => {
    hasFailed = false;
    send("Z", Buffer.from(database.isTransaction ? "T" : "I"));
  };

  function run({ text, values }: Portal): void {
    try {
      const statement = database.prepare(text.replace(/\$(\d+)/g, "?$1"));
      const columns = statement.columns();
      if (columns.length > 0) {
        const rows = statement.all(...(values as SQLInputValue[]));
        send("T", rowDescription(columns.map(({ name }) => name)));
        for (const row of rows) send("D", dataRow(Object.values(row)));
        send("C", text0(`SELECT ${rows.length}`));
      } else {
        const { changes } = statement.run(...(values as SQLInputValue[]));
        const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "";
        send(
          "C",
          text0(
            verb === "INSERT" ? `INSERT 0 ${changes}` : /^(UPDATE|DELETE)$/.test(verb) ? `${verb} ${changes}` : verb,
          ),
        );
      }
    } catch (error) {
      hasFailed = true;
      const said = error instanceof Error ? error.message : String(error);
      send("E", Buffer.concat([text0("SERROR"), text0("VERROR"), text0("C42000"), text0(`M${said}`), Buffer.of(0)]));
    }
  }

  return (type: string, body: Buffer): void => {
    if (type === "startup") {
      send("R", int32(0));
      ready();
    } else if (type === "Q") {
      for (const text of body
        .toString("utf8", 0, body.length - 1)
        .split(";")
        .filter((each) => each.trim() !== ""))
        if (!hasFailed) run({ text, values: [] });
      ready();
    } else if (type === "S") {
      ready();
    } else if (hasFailed) {
      // As the protocol asks: until Sync nothing is done.
    } else if (type === "P") {
      const [name = "", text = ""] = body.toString("utf8").split("\0");
      prepared.set(name, text);
      send("1", Buffer.alloc(0));
    } else if (type === "B") {
      portal = readBind(body, prepared);
      send("2", Buffer.alloc(0));
    } else if (type === "E") {
      run(portal);
    }
  };
}

function readBind(body: Buffer, prepared: ReadonlyMap<string, string>): Portal {
  let at = body.indexOf(0) + 1;
  const nameEnd = body.indexOf(0, at);
  const text = prepared.get(body.toString("utf8", at, nameEnd)) ?? "";
  at = nameEnd + 1;
  at += 2 + 2 * body.readInt16BE(at);
  const values: (string | null)[] = [];
  const count = body.readInt16BE(at);
  at += 2;
  for (let index = 0; index < count; index += 1) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length === -1 ? null : body.toString("utf8", at, at + length));
    at += Math.max(0, length);
  }
  return { text, values };
}

const int16 = (value: number) => Buffer.of((value >> 8) & 0xff, value & 0xff);
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text0 = (text: string) => Buffer.from(`${text}\0`);
const message = (type: string, body: Buffer) => Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);

/** Every column is text. */
function rowDescription(names: readonly string[]): Buffer {
  const fields = names.flatMap((name) => [text0(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
  return Buffer.concat([int16(names.length), ...fields]);
}

function dataRow(values: readonly unknown[]): Buffer {
  const cells = values.map((value) => {
    if (value === null) return int32(-1);
    const bytes = Buffer.from(String(value));
    return Buffer.concat([int32(bytes.length), bytes]);
  });
  return Buffer.concat([int16(values.length), ...cells]);
}
