import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createPlayhead } from "../playhead.ts";
import { createLedger } from "../testing/ledger.ts";
import { startTestServer } from "../testing/test-server.ts";
import { until } from "../testing/until.ts";
import { createHttpTransport } from "../transport/http-transport.ts";
import { recordsIn } from "./segments.ts";

/** The facts that lie in a spool, by their numbers. */
function onDisk(root: string): readonly (number | undefined)[] {
  if (!existsSync(root)) return [];
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ndjson"));
  return names.flatMap((name) => recordsIn(readFileSync(join(root, name), "utf8")).map(({ n }) => n));
}

test("what is reported with a key that is not accepted waits on disk, and arrives once when it is", async () => {
  const ledger = createLedger();
  const refusal = { error_code: "unauthorized", error_message: "who is this?", error_class: "permanent", detail: {} };
  let isAccepted = false;
  const server = await startTestServer((request) =>
    isAccepted ? ledger.answer(request) : { status: 401, body: refusal },
  );
  onTestFinished(server.close);
  const folder = join(tempFolder(), "spool");
  const warnings: string[] = [];
  const start = (source: string) =>
    createPlayhead({
      source,
      transport: createHttpTransport({ url: server.url, apiKey: "k", spool: { folder }, heartbeatMs: Infinity }),
      warn: (line) => warnings.push(line),
    });

  const first = start("w1");
  const job = first.job({ kind: "demo", id: "j" });
  for (let at = 0; at < 10; at += 1) job.artifact({ type: "file", name: `${at}` });
  const numbers = Array.from({ length: 11 }, (_, at) => at + 1);
  expect(await first.flush()).toBe(false);
  await until(() => onDisk(folder).length === numbers.length);
  expect(onDisk(folder)).toEqual(numbers);
  expect(warnings).toEqual([
    `playhead: the server does not accept the key, and records wait on disk in ${folder}: who is this?`,
  ]);
  expect(await first.close()).toBe(false);
  expect(onDisk(folder)).toEqual(numbers);

  // Someone has seen to the key: the next start delivers what the first has left.
  isAccepted = true;
  const second = start("w2");
  await until(() => ledger.numbers("w1").length === numbers.length);
  expect(await second.close()).toBe(true);
  expect([ledger.numbers("w1"), ledger.known(), onDisk(folder)]).toEqual([numbers, 0, []]);
});
