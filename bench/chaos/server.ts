// The server of bench/chaos.ts. Says `ready` when it serves, and how much memory it holds when asked; ends with its stdin.
import { createInterface } from "node:readline";
import { configSchema, startServer } from "@playhead/server";

interface Options {
  readonly data: string;
  readonly port: number;
  readonly key: string;
}

const { data, port, key }: Options = JSON.parse(process.argv[2] ?? "{}");
const server = await startServer({
  config: configSchema.parse({ data, port, admin_key: key }),
  dashboardFolder: data,
  version: "chaos",
  log: (level, message, fields) => {
    if (level === "error") process.stderr.write(`server: ${message} ${JSON.stringify(fields ?? {})}\n`);
  },
});
console.log(JSON.stringify({ ready: server.url }));

const questions = createInterface({ input: process.stdin });
questions.on("line", () => {
  globalThis.gc?.();
  console.log(JSON.stringify({ heap_mb: process.memoryUsage().heapUsed / 2 ** 20 }));
});
questions.on("close", () => void server.close());
