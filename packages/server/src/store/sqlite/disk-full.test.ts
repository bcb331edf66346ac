import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { createJobScript } from "../conformance/job-script.ts";
import { inTransaction, openForWriting, prepareRow, writeDurably } from "./connection.ts";
import { assignTypeCodes } from "./event-type-codes.ts";
import { createGroupEncoder, EVENT_TYPE_NAMES } from "./group-message.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { asStoreError } from "./store-error.ts";
import { createWriter } from "./writer.ts";

test("what found no room can be committed again when there is some", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-full-"));
  const db = openForWriting(path.join(folder, "playhead.db"));
  try {
    writeDurably(db);
    migrate(db, MIGRATIONS);
    const typeCodes = assignTypeCodes(db, EVENT_TYPE_NAMES, "x.db");
    const writer = createWriter(db, { segmentSize: 100, typeCodes });
    const script = createJobScript({ jobId: "job", tenantId: "t" });
    const { encode } = createGroupEncoder();
    const commit = (message: ReturnType<typeof encode>) => {
      writer.learn(message.handles);
      writer.commit(message, 0);
    };
    commit(encode(script.group()));

    db.exec("PRAGMA max_page_count = 200");
    let refused = 0;
    for (let group = 0; group < 60; group++) {
      for (let i = 0; i < 30; i++) script.report("job.updated", { text: "x".repeat(500) });
      const message = encode(group % 3 === 0 ? script.group() : script.factsOnly());
      try {
        commit(message);
      } catch (error) {
        refused += 1;
        expect(asStoreError(error, "the database")).toMatchObject({
          code: "disk_full",
          message: "the database has no room left on its disk",
        });
        expect(db.isTransaction).toBe(false);
        // Still no room: refused again, and harmless.
        expect(() => commit(message)).toThrow();
        db.exec("PRAGMA max_page_count = 100000");
        commit(message);
        const pages = inTransaction(db, "BEGIN", () => prepareRow<[number]>(db, "PRAGMA page_count")()?.[0] ?? 0);
        db.exec(`PRAGMA max_page_count = ${pages + 20}`);
      }
    }
    expect(refused).toBeGreaterThan(3);
    const seqs = db.prepare("SELECT count(*) AS count, min(seq) AS first, max(seq) AS last FROM facts").get();
    expect(seqs).toEqual({ count: script.events().length, first: 1, last: script.events().length });
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
});
