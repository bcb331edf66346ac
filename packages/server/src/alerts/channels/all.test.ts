import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { notificationOf } from "../../../test/alert-notification.ts";
import { channelsOf } from "../../../test/channel-world.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { startReceiver } from "../../../test/webhook-receiver.ts";

const NEVER = new AbortController().signal;

test("every channel that cannot be made is named, with the reason", () => {
  const make = () =>
    channelsOf({
      a: { type: "slack", url: { env: "NOT_THERE" } },
      b: { type: "slack", url: "https://hooks.example/x" },
      c: { type: "pagerduty", routing_key: { file: "/not/there" } },
    });
  expect(make).toThrow(
    expect.objectContaining({
      code: "config_invalid",
      detail: {
        faults: [
          { channel: "a", message: "expected a secret in the environment variable NOT_THERE, got nothing" },
          { channel: "c", message: "expected a secret in the file /not/there, got nothing" },
        ],
      },
    }),
  );
});

test.each(["Ops", "o ps", "", "-a", "a".repeat(64)])("%j is no name of a channel", (name) => {
  const settings = Object.fromEntries([[name, { type: "slack", url: "https://hooks.example/x" }]]);
  expect(() => channelsOf(settings)).toThrow();
});

describe("a secret", () => {
  const settings = (url: unknown) => ({ ops: { type: "slack", url } });

  test("may be in a file, with a line's end", async () => {
    const receiver = await startReceiver(200);
    const file = path.join(tempFolder(), "url");
    writeFileSync(file, `${receiver.url}/services/T0\n`);
    await channelsOf(settings({ file })).get("ops")?.send(notificationOf(), NEVER);
    expect(receiver.received[0]?.path).toBe("/services/T0");
  });

  test.each(["/services/T0/t0ken-abc", "%2Fservices%2FT0%2Ft0ken-abc", "t0ken-abc"])(
    "is hidden where a receiver repeats it as %s",
    async (form) => {
      const receiver = await startReceiver((_, answer) => answer.writeHead(404).end(`no ${form}`));
      const url = `${receiver.url}/services/T0/t0ken-abc`;
      const sent = channelsOf(settings({ env: "URL" }), { URL: url })
        .get("ops")
        ?.send(notificationOf(), NEVER);
      const error = await sent?.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ answer: expect.stringMatching(/^404 no /) });
      expect(JSON.stringify(error)).not.toContain("t0ken-abc");
    },
  );
});
