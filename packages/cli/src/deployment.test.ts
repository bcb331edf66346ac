import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { readConfig, settingViews } from "@playhead/server/config";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runProgram } from "./program.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const DEPLOY = join(ROOT, "deploy");
const read = (...names: string[]) => readFileSync(join(...names), "utf8");

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly env_file?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly disable?: boolean };
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles: readonly string[];
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(read(DEPLOY, "compose.yaml"), { merge: true }) as Compose;
const ours = Object.entries(compose.services).filter(([, { image }]) => image === "playhead");
const units = readdirSync(join(DEPLOY, "systemd")).map((name) => [name, readUnit(name)] as const);
const dockerfile = read(DEPLOY, "Dockerfile");
const caddyfile = read(DEPLOY, "caddy", "Caddyfile");

/** What is read outside of the settings (docs/config.md, "For commands that ask a server"; docs/cli.md), by us or by Node. */
const OTHER_VARIABLES = ["PLAYHEAD_SERVER", "PLAYHEAD_KEY", "PLAYHEAD_CONFIG", "XDG_CACHE_HOME", "NODE_ENV"];
/** What whoever fills in an example puts there. */
const FILLED = { PLAYHEAD_ADMIN_KEY: "k".repeat(64), PLAYHEAD_SECRET: "s".repeat(64), PLAYHEAD_KEY: "ph_key" };

/** The lines of a unit by name; a name may be there several times. */
function readUnit(name: string): (key: string) => readonly string[] {
  const lines = read(DEPLOY, "systemd", name).split("\n");
  return (key) => lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
}

/** The variables of an env file's example; with those that are only proposed. */
function exampleOf(file: string, withProposed: boolean): Record<string, string> {
  const lines = read(DEPLOY, `${file}.example`).split("\n");
  const assigned = lines.map((line) => (withProposed ? line.replace(/^#(?=[A-Z_]+=)/, "") : line));
  const pairs = assigned.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs) as Record<string, string>;
}

function unitVariables(unit: (key: string) => readonly string[]): Record<string, string> {
  const pairs = unit("Environment").flatMap((line) => line.split(" ").map((pair) => pair.split("=")));
  return Object.fromEntries(pairs) as Record<string, string>;
}

function dockerVariables(): Record<string, string> {
  const pairs =
    dockerfile
      .match(/^ENV (.*)$/m)?.[1]
      ?.split(" ")
      .map((pair) => pair.split("=")) ?? [];
  return Object.fromEntries(pairs) as Record<string, string>;
}

function variablesOf({ env_file = [], environment = {} }: Service): Record<string, string> {
  const examples = env_file.map((file) => exampleOf(file, false));
  const all = Object.assign({}, dockerVariables(), ...examples, environment) as Record<string, string>;
  const filled = Object.entries(FILLED).filter(([name]) => name in all);
  return { ...all, ...Object.fromEntries(filled) };
}

function seconds(text: string): number {
  const [, value = "", unit = ""] = /^(\d+)(s|m|)$/.exec(text) ?? [];
  return Number(value) * (unit === "m" ? 60 : 1);
}

async function helpOf(command: string): Promise<string> {
  const stdout = new PassThrough() as unknown as NodeJS.WriteStream;
  const context = { environment: {}, version: "1", nowMs: () => 0 };
  const never = () => {
    throw new Error("expected help alone, got a command that runs");
  };
  const ending = await runProgram({
    ...{ ...context, stdout, stderr: stdout, listen: never, errorLog: never as never },
    args: [command, "--help"],
  });
  expect(ending).toBe("ok");
  return String(stdout.read());
}

describe("what is said in deploy/", () => {
  const known = () => {
    const loaded = readConfig({ file: null, environment: {}, flags: {} });
    return new Set([...OTHER_VARIABLES, ...settingViews(loaded, loaded.config).flatMap((view) => view.environment)]);
  };
  const variables: readonly (readonly [string, Record<string, string>])[] = [
    ["Dockerfile", dockerVariables()],
    ...ours.map(([name, service]) => [name, variablesOf(service)] as const),
    ...units.map(([name, unit]) => [name, unitVariables(unit)] as const),
    ...["server", "node", "worker"].map((name) => [`${name}.env`, exampleOf(`env/${name}.env`, true)] as const),
  ];

  test.each(variables)("%s: every variable is one that Playhead reads", (_, each) => {
    expect(Object.keys(each).length).toBeGreaterThan(0);
    expect(Object.keys(each).filter((name) => !known().has(name))).toEqual([]);
  });

  test.each(ours)("%s: what it is started with is a whole configuration", (_, service) => {
    const environment = variablesOf(service);
    const { config } = readConfig({ file: null, environment, flags: {} });
    expect(config.host).toBe("0.0.0.0");
    expect(config.data).toBe("/data");
    expect(seconds(service.stop_grace_period ?? "")).toBeGreaterThanOrEqual(config.worker.drain_seconds + 25);
    if (config.redis_url === undefined) return;
    expect(config.worker.enabled).toBe(false);
    expect(config.cluster.address).toBe(`http://${config.cluster.name}:${config.cluster.listen.split(":").at(-1)}`);
  });

  test.each(units)("%s: has time to end, and settings that are right", (_, unit) => {
    const { config } = readConfig({ file: null, environment: unitVariables(unit), flags: {} });
    expect(seconds(unit("TimeoutStopSec")[0] ?? "")).toBeGreaterThanOrEqual(config.worker.drain_seconds + 25);
    for (const file of unit("EnvironmentFile")) {
      const name = /^-?\/etc\/playhead\/(\w+)(-%i)?\.env$/.exec(file)?.[1];
      expect(existsSync(join(DEPLOY, "env", `${name}.env.example`)), file).toBe(true);
    }
  });

  const commands: readonly (readonly [string, readonly string[]])[] = [
    ["Dockerfile", JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? "[]")],
    ...ours.flatMap(([name, { command }]) => (command === undefined ? [] : [[name, command] as const])),
    ...units.map(([name, unit]) => [name, (unit("ExecStart")[0] ?? "").split(" ").slice(1)] as const),
  ];

  test.each(commands)("%s: its command is there, with its flags", async (_, [command = "", ...rest]) => {
    const help = await helpOf(command);
    for (const flag of rest.filter((each) => each.startsWith("--"))) expect(help).toContain(`${flag} `);
  });

  test("asks only addresses that the server has", () => {
    const routes = read(ROOT, "docs", "http.md");
    const asked = [...`${dockerfile}${caddyfile}`.matchAll(/\/api\/[\w/]+/g)].map(([path]) => path);
    expect(asked).toHaveLength(2);
    for (const path of asked) expect(routes).toContain(`\`GET ${path}\``);
  });

  test("speaks of one port, and of nodes that there are", () => {
    const port = String(readConfig({ file: null, environment: {}, flags: {} }).config.port);
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
    expect(dockerfile).toContain(`http://127.0.0.1:${port}/`);
    const nodes = Object.keys(compose.services).filter((name) => name.startsWith("node-"));
    expect(nodes).toHaveLength(3);
    expect(caddyfile).toContain(`{$PLAYHEAD_NODES:${nodes.map((name) => `${name}:${port}`).join(" ")}}`);
    expect(compose.services.server?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  });

  test("names files, volumes, networks and services that there are", () => {
    for (const [name, service] of Object.entries(compose.services)) {
      const [images, needs] = [service.build, service.depends_on ?? []];
      if (images !== undefined) expect(existsSync(join(DEPLOY, images.context, images.dockerfile)), name).toBe(true);
      for (const file of service.env_file ?? []) expect(existsSync(join(DEPLOY, `${file}.example`)), file).toBe(true);
      for (const volume of service.volumes ?? []) {
        const source = volume.split(":")[0] ?? "";
        if (source.startsWith("./")) expect(existsSync(join(DEPLOY, source)), source).toBe(true);
        else if (!source.startsWith("/")) expect(Object.keys(compose.volumes)).toContain(source);
      }
      for (const network of service.networks ?? [])
        expect(["default", ...Object.keys(compose.networks)]).toContain(network);
      for (const need of Array.isArray(needs) ? needs : Object.keys(needs)) {
        expect(Object.keys(compose.services)).toContain(need);
        // Compose waits for a health check that would have to be there.
        if (!Array.isArray(needs)) expect(compose.services[need]?.healthcheck).toBeDefined();
      }
    }
  });

  test("has the database that its nodes are told", () => {
    const { POSTGRES_USER: user, POSTGRES_DB: name } = compose.services.postgres?.environment ?? {};
    const url = new URL(exampleOf("env/node.env", false).PLAYHEAD_DATABASE_URL ?? "");
    expect([url.username, url.hostname, url.pathname]).toEqual([user, "postgres", `/${name}`]);
  });

  test("builds what npm would get", () => {
    const { name, bin } = JSON.parse(read(ROOT, "packages", "cli", "package.json"));
    expect(dockerfile).toContain(`--workspace=${name} `);
    expect(dockerfile).toContain(`/app/packages/cli/${bin.playhead.replace("./", "")} /usr/local/bin/playhead`);
    expect(dockerfile).toContain(`ARG NODE_VERSION=${read(ROOT, ".node-version").trim()}\n`);
  });
});
