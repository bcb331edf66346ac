import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { alertOf, notificationOf } from "../../../../test/alert-notification.ts";
import { channelOf } from "../../../../test/channel-world.ts";
import { startReceiver } from "../../../../test/webhook-receiver.ts";

const NEVER = new AbortController().signal;
const SECRET = `whsec_${Buffer.from("a secret of twenty-four b").toString("base64")}`;
const OLD_SECRET = `whsec_${Buffer.from("the secret that was before").toString("base64")}`;
const webhookTo = (url: string, more: object = {}) => channelOf({ type: "webhook", url, secret: SECRET, ...more });

test("is signed as the library of Standard Webhooks checks it, by both secrets while they change", async () => {
  const receiver = await startReceiver(204);
  const channel = webhookTo(`${receiver.url}/hook?token=t0p`, {
    previous_secret: OLD_SECRET,
    headers: { Authorization: "Bearer b3arer" },
  });
  expect(channel.target).toBe(`${receiver.url}/…`);
  expect(await channel.send(notificationOf(), NEVER)).toEqual({ answer: "204" });
  const [got] = await receiver.got(1);
  if (got === undefined) throw new Error("nothing came");
  for (const secret of [SECRET, OLD_SECRET])
    expect(new Webhook(secret).verify(got.text, got.headers)).toMatchObject({
      type: "alert.fired",
      timestamp: "2026-11-21T10:55:00.000Z",
      data: { notification_id: "ntf_5f0c", causes: notificationOf().causes },
    });
  expect(() => new Webhook(SECRET).verify(`${got.text} `, got.headers)).toThrow();
  expect(got).toMatchObject({ path: "/hook?token=t0p", headers: { authorization: "Bearer b3arer" } });
});

test("has the same id each time that it is sent, and at most 20 kB", async () => {
  const receiver = await startReceiver(500, 200);
  const channel = webhookTo(receiver.url);
  const large = notificationOf({ alerts: Array.from({ length: 200 }, () => alertOf({ message: "日".repeat(500) })) });
  await expect(channel.send(large, NEVER)).rejects.toMatchObject({ retryable: true, answer: "500" });
  await channel.send(large, NEVER);
  const [first, second] = await receiver.got(2);
  expect(first?.headers["webhook-id"]).toBe("ntf_5f0c");
  expect(second?.headers["webhook-id"]).toBe("ntf_5f0c");
  expect(Buffer.byteLength(second?.text ?? "")).toBeLessThan(20_000);
  expect(JSON.parse(second?.text ?? "").data.alerts.length).toBeGreaterThan(1);
});

describe("what an answer means", () => {
  test.each([
    [200, null],
    [302, { retryable: true, isGone: false }],
    [400, { retryable: true, isGone: false }],
    [404, { retryable: true, isGone: false }],
    [410, { retryable: false, isGone: true }],
    [429, { retryable: true, isGone: false }],
    [503, { retryable: true, isGone: false }],
  ] as const)("%i", async (status, refusal) => {
    const target = await startReceiver(200);
    const receiver = await startReceiver((_, answer) =>
      answer.writeHead(status, { location: target.url }).end("because"),
    );
    const sent = webhookTo(receiver.url).send(notificationOf(), NEVER);
    if (refusal === null) expect(await sent).toEqual({ answer: "200 because" });
    else await expect(sent).rejects.toMatchObject({ ...refusal, answer: `${status} because` });
    expect(target.received).toEqual([]);
  });

  test("Retry-After is passed on", async () => {
    const receiver = await startReceiver((_, answer) => answer.writeHead(429, { "retry-after": "7" }).end());
    await expect(webhookTo(receiver.url).send(notificationOf(), NEVER)).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  test("none is a reason to try again", async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const sent = webhookTo(receiver.url).send(notificationOf(), NEVER);
    await expect(sent).rejects.toMatchObject({ message: "ECONNREFUSED", retryable: true, answer: null });
  });
});

test("an answer that repeats our secrets is told without them", async () => {
  const receiver = await startReceiver((request, answer, { headers }) =>
    answer.writeHead(403).end(`no: ${request.url} ${headers.authorization} ${SECRET}`),
  );
  const channel = webhookTo(`${receiver.url}/hook?token=t0psecret`, { headers: { authorization: "Bearer b3arer" } });
  await expect(channel.send(notificationOf(), NEVER)).rejects.toMatchObject({ answer: "403 no: … … …" });
});

test.each([
  ["an address of no web", { url: "ftp://a/" }, /http/],
  ["an address that is never called", { url: "http://169.254.169.254/" }, /may not lead to/],
  ["a secret that is none", { secret: "hush-hush-hush" }, /whsec_/],
  ["a secret that is too short", { secret: "whsec_aGk=" }, /24–64 bytes/],
  ["a secret that is not there", { secret: { env: "NOT_THERE" } }, /environment variable NOT_THERE/],
  ["a header that is ours", { headers: { "webhook-id": "x" } }, /set by Playhead/],
  ["a header that is two", { headers: { "a\r\nb": "x" } }, /headers/],
  ["a timeout that is too long", { timeout_seconds: 31 }, /timeout_seconds/],
])("%s is refused, and no secret told", (_, settings, says) => {
  const make = () => webhookTo("https://hooks.example/s3cret", settings);
  expect(make).toThrow(says);
  expect(make).not.toThrow(/hush|s3cret|aGk=/);
});
