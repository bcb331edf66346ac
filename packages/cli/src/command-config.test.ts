import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { configSchema, settingViews } from "@playhead/server";
import { afterEach, expect, test } from "vitest";
import { commandConfig } from "./command-config.ts";
import { createErrorLog } from "./error-log.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function setup() {
  const folder = mkdtempSync(join(tmpdir(), "playhead-config-"));
  folders.push(folder);
  const file = join(folder, "settings.json");
  const read = (flags: Parameters<typeof commandConfig>[0], environment: Record<string, string> = {}) =>
    commandConfig({ config: file, ...flags }, { environment, errorLog: createErrorLog(() => 0) });
  return { file, read };
}

test("flags win over the environment, and that over the file", () => {
  const { file, read } = setup();
  writeFileSync(file, JSON.stringify({ host: "::1", port: 9000, data: "from-file" }));
  const config = read({ port: "0" }, { PLAYHEAD_PORT: "9001", PLAYHEAD_DATA: "from-environment" });
  expect(config).toMatchObject({ host: "::1", port: 0, data: resolve("from-environment") });
});

test.each([{ port: "x" }, { port: "" }, { port: "70000" }, { port: "1.5" }])(
  "a port of $port is refused, with where it was set",
  ({ port }) => {
    const { file, read } = setup();
    writeFileSync(file, "{}");
    expect(() => read({ port })).toThrow(/port \(--port\)/);
  },
);

test("every fault is named", () => {
  const { file, read } = setup();
  writeFileSync(file, JSON.stringify({ prot: 1, secret: "short" }));
  expect(() => read({ port: "x" }, { PLAYHEAD_ADMIN_KEY: "short too" })).toThrow(
    expect.objectContaining({
      code: "config_invalid",
      detail: expect.objectContaining({ faults: expect.objectContaining({ length: 4 }) }),
    }),
  );
});

test("docs/config.md tells every setting as the schema has it", () => {
  const page = readFileSync(new URL("../../../docs/config.md", import.meta.url), "utf8");
  const table = page.slice(page.indexOf("| setting |"), page.indexOf("Keys and secrets"));
  const rows = [...table.matchAll(/^\| `([\w.]+)` \| (.*?) ?\| (.*?) ?\| (.*?) ?\| (.*?) \| (.*) \|$/gm)].map(
    ([, setting, ...cells]) => [setting, ...cells],
  );
  const flags = new Set(["host", "port", "data"]);
  const config = configSchema.parse({});
  const none = { schema: configSchema, config, originOf: () => ({ kind: "default" as const, name: null }) };
  const expected = settingViews(none, config).map((setting) => [
    setting.key,
    setting.environment.map((name) => `\`${name}\``).join(", "),
    flags.has(setting.key) ? `\`--${setting.key}\`` : "",
    setting.default === null
      ? ""
      : `\`${typeof setting.default === "string" ? setting.default : JSON.stringify(setting.default)}\``,
    setting.reloadable ? "at once" : "at the start",
    setting.description,
  ]);
  expect(rows).toEqual(expected);
});
