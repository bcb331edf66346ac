import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import type { NumberedRecord } from "../recorder/record-queue.ts";
import { createSegments, recordsIn } from "./segments.ts";

const record = (n: number, text = ""): NumberedRecord => ({
  type: "log",
  ts: "2026-11-21T10:00:00.000Z",
  job_id: "j",
  n,
  data: { message: text },
});
const numbers = (records: readonly NumberedRecord[]) => records.map(({ n }) => n);

test("property: what was appended is read in order, a batch at a time, until it is acknowledged; then its files go", async () => {
  const act = fc.oneof(
    fc.record({ append: fc.integer({ min: 1, max: 700 }), bytes: fc.constantFrom(10, 3_000) }),
    fc.constant({ deliver: true as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
      const folder = tempFolder();
      const segments = createSegments(folder);
      let made = 0;
      let delivered = 0;
      const deliver = async () => {
        const { records, upTo, lost } = await segments.read();
        expect(lost).toBe(0);
        expect(numbers(records)).toEqual(Array.from(records, (_, index) => delivered + index + 1));
        if (made > delivered) expect(records.length).toBeGreaterThan(0);
        await segments.acknowledge(upTo);
        delivered = Math.max(delivered, upTo);
        expect(segments.count()).toBe(made - delivered);
        expect(segments.lastN()).toBe(made > delivered ? made : 0);
      };
      for (const each of acts) {
        if ("deliver" in each) {
          await deliver();
          continue;
        }
        const { append, bytes } = each;
        await segments.append(
          Array.from({ length: append }, (_, index) => record(made + index + 1, "x".repeat(bytes))),
        );
        made += append;
      }
      while (delivered < made) await deliver();
      await segments.close();
      expect([readdirSync(folder), segments.sizeBytes()]).toEqual([[], 0]);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("what is not acknowledged stays in its files, and the size counts it", async () => {
  const folder = tempFolder();
  const segments = createSegments(folder);
  await segments.append([record(1), record(2)]);
  await segments.append([record(5)]);
  expect(segments.sizeBytes()).toBeGreaterThan(200);
  await segments.acknowledge(2);
  await segments.close();
  expect(readdirSync(folder)).toEqual(["00000001.ndjson"]);
});

test("records that vanished from the disk are told as lost, and can be passed over", async () => {
  const folder = tempFolder();
  const segments = createSegments(folder);
  await segments.append([record(1), record(2)]);
  rmSync(join(folder, "00000001.ndjson"));
  expect(await segments.read()).toEqual({ records: [], upTo: 2, lost: 2 });
  await segments.acknowledge(2);
  expect(segments.count()).toBe(0);
  await segments.append([record(3)]);
  expect(await segments.read()).toEqual({ records: [record(3)], upTo: 3, lost: 0 });
  await segments.close();
});

test("an append that fails leaves nothing to read, and the next one goes into another file", async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "00000001.ndjson"), "someone else's");
  const segments = createSegments(folder);
  await expect(segments.append([record(1)])).rejects.toMatchObject({ code: "EEXIST" });
  expect([segments.count(), segments.lastN()]).toEqual([0, 0]);
  await segments.append([record(1)]);
  expect((await segments.read()).records).toEqual([record(1)]);
  await segments.close();
  expect(readdirSync(folder)).toEqual(["00000001.ndjson", "00000002.ndjson"]);
});

test("a line that was cut off by a kill, and what is no record, are left out", () => {
  const lines = [JSON.stringify(record(1)), "[]", "null", '{"n":"x"}', JSON.stringify(record(2)), '{"type":"lo'];
  expect(numbers(recordsIn(lines.join("\n")))).toEqual([1, 2]);
});
