import type { DocumentsQuery, Store, StoredDocument } from "../store.ts";
import { columnText, textOfColumn } from "./column-text.ts";
import { createFencedWrites, type Term } from "./fenced-writes.ts";
import type { PostgresDatabase, Session, Statement } from "./postgres-database.ts";

export interface DocumentsDeps {
  readonly database: PostgresDatabase;
  readonly term: Term;
  readonly nowMs: () => number;
}

/** The part of the store that keeps documents. */
export type DocumentStore = Pick<
  Store,
  "putDocument" | "addDocument" | "removeDocument" | "readDocument" | "listDocuments"
>;

interface DocumentRow extends Omit<StoredDocument, "body"> {
  readonly body: string;
}

const COLUMNS = `collection, id, tenant_id AS "tenantId", body, expires_ms AS "expiresMs"`;
const INSERT = `INSERT INTO playhead.documents AS old (collection, id, tenant_id, body, expires_ms)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (collection, id)
  DO UPDATE SET tenant_id = excluded.tenant_id, body = excluded.body, expires_ms = excluded.expires_ms`;
/** With each that is written, so many that have expired are removed: more than can come. */
const SWEPT_AT_ONCE = 20;

const PUT: Statement = { name: "put_document", text: INSERT };
const ADD: Statement = { name: "add_document", text: `${INSERT} WHERE old.expires_ms <= $6` };
const REMOVE: Statement = {
  name: "remove_document",
  text: `DELETE FROM playhead.documents
    WHERE collection = $1 AND id = $2 AND (expires_ms IS NULL OR expires_ms > $3)`,
};
const READ: Statement = {
  name: "read_document",
  text: `SELECT ${COLUMNS} FROM playhead.documents
    WHERE collection = $1 AND id = $2 AND (expires_ms IS NULL OR expires_ms > $3)`,
};
const LIST: Statement = {
  name: "list_documents",
  text: `SELECT ${COLUMNS} FROM playhead.documents
    WHERE collection = $1 AND id > $2 AND ($3::text IS NULL OR tenant_id = $3)
      AND (expires_ms IS NULL OR expires_ms > $4)
    ORDER BY id LIMIT $5`,
};
/** One that somebody else is at is left to them: nobody waits, and no two wait for each other. */
export const REMOVE_EXPIRED: Statement = {
  name: "remove_expired_documents",
  text: `DELETE FROM playhead.documents WHERE (collection, id) IN (
      SELECT collection, id FROM playhead.documents
      WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED)`,
};

/** Documents of a database. */
export function createDocuments({ database, term, nowMs }: DocumentsDeps): DocumentStore {
  const { write } = createFencedWrites(database, term);

  async function read(session: Session, collection: string, id: string): Promise<StoredDocument | null> {
    const { rows } = await session.query<DocumentRow>(READ, [columnText(collection), columnText(id), nowMs()]);
    return rows[0] === undefined ? null : documentOf(rows[0]);
  }

  return {
    async putDocument(document) {
      await write((session) =>
        Promise.all([session.query(PUT, valuesOf(document)), session.query(REMOVE_EXPIRED, [nowMs(), SWEPT_AT_ONCE])]),
      );
    },
    async addDocument(document) {
      const values = valuesOf(document);
      for (;;) {
        const found = await write(async (session) => {
          const { count } = await session.query(ADD, [...values, nowMs()]);
          if (count === 0) return (await read(session, document.collection, document.id)) ?? "gone";
          await session.query(REMOVE_EXPIRED, [nowMs(), SWEPT_AT_ONCE]);
          return null;
        });
        // It went between the two looks: then there is room for this one.
        if (found !== "gone") return found;
      }
    },
    async removeDocument(collection, id) {
      const values = [columnText(collection), columnText(id), nowMs()];
      return (await write((session) => session.query(REMOVE, values))).count > 0;
    },
    readDocument: (collection, id) => read(database, collection, id),
    async listDocuments({ collection, tenantId, afterId = "", limit }: DocumentsQuery) {
      const tenant = tenantId === undefined ? null : columnText(tenantId);
      const values = [columnText(collection), columnText(afterId), tenant, nowMs(), limit];
      return (await database.query<DocumentRow>(LIST, values)).rows.map(documentOf);
    },
  };
}

function valuesOf({ collection, id, tenantId, body, expiresMs }: StoredDocument): readonly unknown[] {
  return [columnText(collection), columnText(id), columnText(tenantId), JSON.stringify(body), expiresMs];
}

function documentOf({ collection, id, tenantId, body, expiresMs }: DocumentRow): StoredDocument {
  return {
    collection: textOfColumn(collection),
    id: textOfColumn(id),
    tenantId: textOfColumn(tenantId),
    body: JSON.parse(body),
    expiresMs,
  };
}
