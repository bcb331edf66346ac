/** A change of a row, as PostgreSQL's own output plugin tells it. */
export interface Change {
  readonly type: "INSERT" | "UPDATE" | "DELETE";
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly Column[];
  /** As it is now; null for a deleted one. */
  readonly record: Row | null;
  /** As far as the replica identity keeps it; null for a new one. */
  readonly oldRecord: Row | null;
}

export interface Column {
  readonly name: string;
  /** Such as `int8`. */
  readonly type: string;
}

export type Row = Readonly<Record<string, unknown>>;

interface Relation {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly Column[];
}

/** The types that are told by name; all else is text. */
const TYPES: Readonly<Record<number, string>> = {
  16: "bool",
  20: "int8",
  23: "int4",
  25: "text",
  114: "json",
  701: "float8",
  1114: "timestamp",
  1184: "timestamptz",
  2950: "uuid",
  3802: "jsonb",
};

/** Reads messages of the logical replication protocol, version 1, of one decoding. */
export function createPgoutputReader(): (message: Buffer) => Change | null {
  const relations = new Map<number, Relation>();
  return (message) => {
    const reader = createReader(message);
    const kind = reader.char();
    if (kind === "R") {
      relations.set(reader.int32(), readRelation(reader));
      return null;
    }
    if (kind !== "I" && kind !== "U" && kind !== "D") return null;
    const relation = relations.get(reader.int32());
    if (relation === undefined) throw new Error("expected a relation before its rows");
    const type = ({ I: "INSERT", U: "UPDATE", D: "DELETE" } as const)[kind];
    let [record, oldRecord]: (Row | null)[] = [null, null];
    while (!reader.isAtEnd()) {
      const part = reader.char();
      const row = readRow(reader, relation);
      if (part === "N") record = row;
      else oldRecord = row;
    }
    return { type, ...relation, record: record ?? null, oldRecord: oldRecord ?? null };
  };
}

type Reader = ReturnType<typeof createReader>;

function createReader(bytes: Buffer) {
  let at = 0;
  const skip = (length: number) => {
    at += length;
    return at - length;
  };
  return {
    isAtEnd: () => at >= bytes.length,
    char: () => String.fromCharCode(bytes.readUInt8(skip(1))),
    byte: () => bytes.readUInt8(skip(1)),
    int16: () => bytes.readUInt16BE(skip(2)),
    int32: () => bytes.readUInt32BE(skip(4)),
    text: (length: number) => bytes.toString("utf8", skip(length), at),
    zeroEnded() {
      const end = bytes.indexOf(0, at);
      const text = bytes.toString("utf8", at, end);
      at = end + 1;
      return text;
    },
  };
}

function readRelation(reader: Reader): Relation {
  const schema = reader.zeroEnded();
  const table = reader.zeroEnded();
  reader.byte();
  const columns = Array.from({ length: reader.int16() }, () => {
    reader.byte();
    const name = reader.zeroEnded();
    const type = TYPES[reader.int32()] ?? "text";
    reader.int32();
    return { name, type };
  });
  return { schema, table, columns };
}

function readRow(reader: Reader, { columns }: Relation): Row {
  const row: Record<string, unknown> = {};
  const count = reader.int16();
  for (let at = 0; at < count; at += 1) {
    const kind = reader.char();
    const column = columns[at];
    const value = kind === "t" ? parseValue(reader.text(reader.int32()), column?.type) : null;
    if (column !== undefined) row[column.name] = value;
  }
  return row;
}

/** The same JSON as PostgreSQL would make of it. */
function parseValue(text: string, type = "text"): unknown {
  if (type === "bool") return text === "t";
  if (["int4", "int8", "float8"].includes(type)) return Number(text);
  if (type === "timestamptz") return text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
  return type === "json" || type === "jsonb" ? JSON.parse(text) : text;
}
