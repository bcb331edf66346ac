import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EventRecord, EventType, JsonObject } from "@playhead/core";
import { onTestFinished } from "vitest";
import { startServer } from "../src/app.ts";
import { readConfig } from "../src/app-config.ts";
import { type Config, configSchema } from "../src/config/config.ts";
import type { AlertSettings } from "../src/engine-alerts.ts";
import type { JobKindInfo } from "../src/job-kinds/job-kinds.ts";
import { tempFolder } from "./temp-folder.ts";

export interface TestServerOptions {
  readonly config?: Partial<Config>;
  /** What the configuration file holds; it is followed. @defaultValue there is none */
  readonly file?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly dataFolder?: string;
  readonly alerts?: AlertSettings;
  readonly jobKinds?: readonly JobKindInfo[];
  readonly atEnd?: (end: () => void | Promise<void>) => void;
}

/** A built dashboard of three files. */
export function makeDashboard(folder: string): string {
  const dashboardFolder = join(folder, "dashboard");
  mkdirSync(join(dashboardFolder, "assets"), { recursive: true });
  writeFileSync(join(dashboardFolder, "index.html"), "<!doctype html><title>Playhead</title>");
  writeFileSync(join(dashboardFolder, "share.html"), "<!doctype html><title>A job</title>");
  writeFileSync(join(dashboardFolder, "assets", "main.js"), "export {};");
  return dashboardFolder;
}

/** The real server on a free port, with a dashboard of three files; it ends with the test. */
export async function startTestServer(options: TestServerOptions = {}) {
  const { config, file, environment = {}, dataFolder, alerts, jobKinds, atEnd = onTestFinished } = options;
  const folder = tempFolder(atEnd);
  const dashboardFolder = makeDashboard(folder);
  const data = dataFolder ?? join(folder, "data");
  const complaints: string[] = [];
  const configFile = join(folder, "playhead.config.json");
  if (file !== undefined) writeFileSync(configFile, JSON.stringify(file));
  const flags = { port: 0, data, ...config };
  const loaded = file === undefined ? undefined : readConfig({ file: configFile, environment, flags });
  const server = await startServer({
    config: loaded?.config ?? configSchema.parse(flags),
    ...(loaded !== undefined && { loaded }),
    dashboardFolder,
    version: "1.2.3",
    ...(alerts !== undefined && { alerts }),
    ...(jobKinds !== undefined && { jobKinds }),
    log(level, message, fields) {
      // How busy this machine is, is nobody's fault.
      if (!message.startsWith("health: ")) complaints.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`);
    },
  });
  atEnd(server.close);
  const authorization = `Bearer ${server.accessKey}`;
  let n = 0;

  return {
    server,
    folder,
    data,
    configFile,
    complaints,
    authorization,
    /** The address of a socket, with the key. */
    socketUrl: (query: string) =>
      `${server.url.replace("http", "ws")}/?${query}&token=${encodeURIComponent(server.accessKey)}`,
    /** Asks with the key, unless other headers are given. */
    ask: (path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
      fetch(`${server.url}${path}`, { redirect: "manual", ...init, headers: headers ?? { authorization } }),
    /** Posts JSON with the key. */
    post: (path: string, body?: unknown) =>
      fetch(`${server.url}${path}`, {
        method: "POST",
        headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    /** Posts records as NDJSON, each with its source. */
    report: (records: readonly object[], headers: Record<string, string> = {}) =>
      fetch(`${server.url}/api/v1/events`, {
        method: "POST",
        headers: { authorization, "content-type": "application/x-ndjson", ...headers },
        body: records.map((record) => JSON.stringify(record)).join("\n"),
      }),
    /** A record of a worker in this process; each job has one of its own. */
    record: (job_id: string, type: EventType, recordData: JsonObject = {}): EventRecord => ({
      type,
      ts: new Date().toISOString(),
      job_id,
      n: ++n,
      data: recordData,
    }),
    /** Reports records of one job, in their order. */
    send: (...records: readonly EventRecord[]) => server.local.ingest({ source: `w-${records[0]?.job_id}`, records }),
  };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
