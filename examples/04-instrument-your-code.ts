// A function, a module, requests, a database: what they do is recorded, in the trace of the job, and heard by who listens.
// run it: node --conditions=playhead-src examples/04-instrument-your-code.ts DATA_FOLDER
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { monitor, monitorObject, monitorSqlite, open, patchFetch, traceparent } from "playhead";

const playhead = await open({ data: process.argv[2] ?? "playhead-data" });
const undo = patchFetch();
const names = monitorObject(path, { name: "path" });
const db = monitorSqlite(new DatabaseSync(":memory:"));
const keep = monitor(function keep(title: string, file: string) {
  db.prepare("INSERT INTO videos VALUES (?, ?)").run(title, file);
});

let sameTrace = false;
const service = createServer((request, response) => {
  sameTrace = request.headers.traceparent?.slice(3, 35) === job.correlation_id;
  response.end(JSON.stringify({ title: "Talk" }));
});
await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
const { port } = service.address() as AddressInfo;

const heard: string[] = [];
playhead.events.subscribe("function.completed", ({ data }) => heard.push(String(data.name).replace(`:${port}`, "")));

const job = playhead.job({ kind: "import", title: "One talk" });
await job.run(async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/videos/42`);
  const { title } = (await answer.json()) as { title: string };
  db.exec("CREATE TABLE videos (title TEXT, file TEXT)");
  keep(title, names.basename("/media/talk.mov"));
  console.log(`in trace ${traceparent()?.slice(3, 35) === job.correlation_id}, and the service as well: ${sameTrace}`);
});

await playhead.close();
console.log(`recorded: ${heard.join(", ")}`);
undo();
service.closeAllConnections();
service.close();
