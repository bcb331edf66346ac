import { expect, test } from "vitest";
import { SCHEMA_WITH_CHANNELS } from "../../test/channel-types.ts";
import { settingViews } from "./config-view.ts";

const SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2";

test("nothing that is secret is shown, wherever it stands; all else of a channel is", () => {
  const config = SCHEMA_WITH_CHANNELS.parse({
    admin_key: SECRET,
    secret: SECRET,
    channels: {
      hook: { type: "webhook", url: `https://${SECRET}.example`, signing: SECRET, headers: { "x-custom": SECRET } },
      mail: { type: "email", to: ["ops@a.example"], server: { host: "mail.example", port: 25, password: SECRET } },
    },
  });
  const views = settingViews(
    { schema: SCHEMA_WITH_CHANNELS, config, originOf: () => ({ kind: "default", name: null }) },
    config,
  );
  expect(JSON.stringify(views)).not.toContain("hunter2");
  expect(views.find(({ key }) => key === "channels")?.value).toEqual({
    hook: { type: "webhook", url: "(not shown)", signing: "(not shown)", headers: { "x-custom": "(not shown)" } },
    mail: { type: "email", to: ["ops@a.example"], server: { host: "mail.example", port: 25, password: "(not shown)" } },
  });
  expect(views.find(({ key }) => key === "secret")).toMatchObject({ is_secret: true, is_set: true, value: null });
});

test.each([
  ["stuck_after_ms", "ms"],
  ["health.interval_seconds", "s"],
  ["log_files.errors.max_bytes", "bytes"],
  ["thresholds.cpu_percent", "%"],
  ["keep_details_days", "days"],
  ["port", null],
])("%s counts %s", (key, unit) => {
  const config = SCHEMA_WITH_CHANNELS.parse({});
  const loaded = { schema: SCHEMA_WITH_CHANNELS, config, originOf: () => ({ kind: "default" as const, name: null }) };
  expect(settingViews(loaded, config).find((view) => view.key === key)?.unit).toBe(unit);
});
