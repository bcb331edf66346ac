import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { DocumentsQuery, StoredDocument } from "../store.ts";
import { inTransaction, prepareRow, prepareRows } from "./connection.ts";

/** A document whose body is JSON text: so it goes from thread to thread. */
export interface DocumentText extends Omit<StoredDocument, "body"> {
  readonly body: string;
}

/** Writes documents on the writer's connection; each call is a transaction of its own. */
export interface DocumentWriter {
  putDocument(document: DocumentText, nowMs: number): void;
  /** @returns the one that is there; null when there was none, and this one was added */
  addDocument(document: DocumentText, nowMs: number): DocumentText | null;
  /** @returns whether it was there */
  removeDocument(collection: string, id: string, nowMs: number): boolean;
}

export interface DocumentReader {
  readDocument(collection: string, id: string, nowMs: number): DocumentText | null;
  listDocuments(query: DocumentsQuery, nowMs: number): readonly DocumentText[];
}

type DocumentRow = [
  collection: string,
  id: string,
  tenantId: string,
  body: string,
  expiresMs: Extract<SQLOutputValue, number | null>,
];

const COLUMNS = "collection, id, tenant_id, body, expires_ms";
const IS_THERE = "(expires_ms IS NULL OR expires_ms > ?)";
/** With each that is written, so many that have expired are removed: more than can come. */
const SWEPT_AT_ONCE = 20;

export function createDocumentWriter(db: DatabaseSync): DocumentWriter {
  const put = db.prepare(`INSERT OR REPLACE INTO documents (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`);
  const find = prepareRow<DocumentRow>(
    db,
    `SELECT ${COLUMNS} FROM documents WHERE collection = ? AND id = ? AND ${IS_THERE}`,
  );
  const remove = db.prepare(`DELETE FROM documents WHERE collection = ? AND id = ? AND ${IS_THERE}`);
  const sweep = db.prepare(
    `DELETE FROM documents WHERE (collection, id) IN
     (SELECT collection, id FROM documents WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ${SWEPT_AT_ONCE})`,
  );

  function write(document: DocumentText, nowMs: number): void {
    const { collection, id, tenantId, body, expiresMs } = document;
    put.run(collection, id, tenantId, body, expiresMs);
    sweep.run(nowMs);
  }

  return {
    putDocument: (document, nowMs) => inTransaction(db, "BEGIN IMMEDIATE", () => write(document, nowMs)),
    addDocument: (document, nowMs) =>
      inTransaction(db, "BEGIN IMMEDIATE", () => {
        const found = find(document.collection, document.id, nowMs);
        if (found !== undefined) return documentOf(found);
        write(document, nowMs);
        return null;
      }),
    removeDocument: (collection, id, nowMs) => remove.run(collection, id, nowMs).changes !== 0,
  };
}

export function createDocumentReader(db: DatabaseSync): DocumentReader {
  const find = prepareRow<DocumentRow>(
    db,
    `SELECT ${COLUMNS} FROM documents WHERE collection = ? AND id = ? AND ${IS_THERE}`,
  );
  const list = prepareRows<DocumentRow>(
    db,
    `SELECT ${COLUMNS} FROM documents
     WHERE collection = ?1 AND id > ?2 AND (?3 IS NULL OR tenant_id = ?3) AND (expires_ms IS NULL OR expires_ms > ?4)
     ORDER BY id LIMIT ?5`,
  );
  return {
    readDocument(collection, id, nowMs) {
      const found = find(collection, id, nowMs);
      return found === undefined ? null : documentOf(found);
    },
    listDocuments: ({ collection, tenantId = null, afterId = "", limit }, nowMs) =>
      list(collection, afterId, tenantId, nowMs, limit).map(documentOf),
  };
}

function documentOf([collection, id, tenantId, body, expiresMs]: DocumentRow): DocumentText {
  return { collection, id, tenantId, body, expiresMs };
}
