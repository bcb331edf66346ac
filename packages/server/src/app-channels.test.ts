import { expect, test } from "vitest";
import { CHANNEL_SETTINGS, channelFaults, openChannels } from "./app-channels.ts";

const HOOK = { type: "webhook", url: "https://10.1.2.3/x", secret: `whsec_${Buffer.alloc(24).toString("base64")}` };

test("each kind is known by its type", () => {
  const types = CHANNEL_SETTINGS.map(({ shape }) => shape.type?.safeParse("").error?.issues[0]).map((issue) =>
    issue?.code === "invalid_value" ? issue.values[0] : null,
  );
  expect(types).toEqual(["email", "webhook", "slack", "pagerduty", "file"]);
});

test.each([
  { name: "a server of this machine", config: { host: "127.0.0.1" }, faults: 0 },
  { name: "a server for all", config: { host: "0.0.0.0" }, faults: 1 },
  { name: "one whose callbacks may", config: { host: "0.0.0.0", callback_private: true }, faults: 0 },
  { name: "one that lists the network", config: { host: "0.0.0.0", channel_addresses: ["10.1.0.0/16"] }, faults: 0 },
  { name: "one that lists another", config: { host: "0.0.0.0", channel_addresses: ["10.2.0.0/16"] }, faults: 1 },
])("a private address as a channel of $name has $faults faults", ({ config, faults }) => {
  const found = channelFaults({ ...config, channels: { hook: HOOK } }, {});
  expect(found).toHaveLength(faults);
  if (faults > 0)
    expect(found).toEqual([
      { path: ["channels", "hook"], message: expect.stringContaining("may not lead to 10.1.2.3") },
    ]);
});

test("a configuration without faults has its channels, with secrets of the environment", () => {
  const config = { host: "127.0.0.1", channels: { team: { type: "slack", url: { env: "SLACK_URL" } } } };
  expect(channelFaults(config, {})).toMatchObject([{ path: ["channels", "team"] }]);
  const channels = openChannels(config, { SLACK_URL: "https://hooks.example/services/x" });
  expect([...channels].map(([name, { target }]) => [name, target])).toEqual([["team", "https://hooks.example/…"]]);
});
