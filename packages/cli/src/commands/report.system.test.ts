import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { oddFolder, playhead, startServer } from "../../test/playhead-process.ts";
import { open } from "../open.ts";

test("report writes what a server makes into a file, in the form that its name asks for", async () => {
  const folder = oddFolder();
  const data = join(folder, "data");
  await startServer(data);
  const worker = await open({ data });
  onTestFinished(async () => {
    await worker.close();
  });
  const job = worker.job({ kind: "clips", title: "Talk" });
  await job.run(async () => job.each(["a", "b"], { kind: "clip" }, async () => undefined));
  await worker.flush();

  const pdf = join(folder, "an hour.pdf");
  const range = ["--since", "1h", "--data", data];
  const { code, stdout, stderr } = await playhead(["report", ...range, "--out", pdf]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  expect(stdout).toEqual([expect.stringContaining("2 clips"), expect.stringMatching(/an hour\.pdf: \d+\.\d kB$/)]);
  expect(readFileSync(pdf, "latin1").slice(0, 5)).toBe("%PDF-");

  const csv = join(folder, "hour.csv");
  const told = await playhead(["report", ...range, "--job-kind", "merge", "--title", "Merges", "--out", csv, "--json"]);
  expect(JSON.parse(told.stdout.at(-1) ?? "")).toMatchObject({
    type: "result",
    title: "Merges",
    file: csv,
    size_bytes: statSync(csv).size,
  });
  expect(readFileSync(csv, "utf8")).toMatch(/^part,of,row,column,unit,from,to,value\r\n/);
});

test("report without a range for what needs one, or without a server, says so", async () => {
  const data = join(oddFolder(), "data");
  const unranged = await playhead(["report", "--kind", "trend", "--data", data]);
  expect(unranged.code).toBe(2);
  expect(unranged.stderr.join("\n")).toContain("expected a range");
  const alone = await playhead(["report", "--data", data]);
  expect(alone.code).not.toBe(0);
  expect(alone.stderr.join("\n")).toContain("no server runs on");
});
