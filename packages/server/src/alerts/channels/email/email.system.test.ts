import type { SMTPServerOptions } from "smtp-server";
import { describe, expect, test } from "vitest";
import { notificationOf } from "../../../../test/alert-notification.ts";
import { channelOf } from "../../../../test/channel-world.ts";
import { startMailServer } from "../../../../test/mail-receiver.ts";
import { SELF_SIGNED } from "../../../../test/self-signed.ts";

const NEVER = new AbortController().signal;
const mailTo = (port: number, more: object = {}) =>
  channelOf({
    ...{ type: "email", host: "127.0.0.1", port, security: "none" },
    ...{ from: "playhead@example.com", to: ["ops@example.com", "lead@example.com"], ...more },
  });
const failWith = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

test("arrives as text and HTML, one mail for all, with an id that stays the same", async () => {
  const { port, received } = await startMailServer();
  const channel = mailTo(port);
  expect(channel.target).toBe("ops@example.com, lead@example.com");
  expect((await channel.send(notificationOf(), NEVER)).answer).toBe("250 queued as 1");
  await channel.send(notificationOf(), NEVER);
  const [mail, again] = received;
  expect(mail).toMatchObject({ from: "playhead@example.com", to: ["ops@example.com", "lead@example.com"] });
  const headers = Object.fromEntries(mail?.headers ?? []);
  expect(headers).toMatchObject({
    subject: "[CRITICAL] 42 % of clips fail",
    from: "Playhead <playhead@example.com>",
    "message-id": "<ntf_5f0c@playhead>",
    "x-playhead-notification": "ntf_5f0c",
    "auto-submitted": "auto-generated",
  });
  expect(Object.fromEntries(again?.headers ?? [])).toMatchObject({
    "message-id": headers["message-id"],
    references: headers.references,
  });
  expect(mail?.text).toContain("- 1,150 × disk_full");
  expect(mail?.text).toContain("What to do: https://wiki.example/runbooks/error-rate");
  expect(mail?.html).toContain('<a href="https://wiki.example/runbooks/error-rate"');
});

describe("a server that refuses", () => {
  test("all who are to read it, for good: given up, with its words", async () => {
    const { port } = await startMailServer({ onRcptTo: (_, __, next) => next(failWith(550, "no such user")) });
    await expect(mailTo(port).send(notificationOf(), NEVER)).rejects.toMatchObject({
      retryable: false,
      answer: "550 no such user",
    });
  });
  test("all of them, for now: tried again", async () => {
    const { port } = await startMailServer({ onRcptTo: (_, __, next) => next(failWith(450, "greylisted")) });
    const refusal = { retryable: true, answer: "450 greylisted" };
    await expect(mailTo(port).send(notificationOf(), NEVER)).rejects.toMatchObject(refusal);
  });
  test("one of them: sent to the others, and said", async () => {
    const onRcptTo = ({ address }: { address: string }, _: unknown, next: (error?: Error) => void) =>
      next(address.startsWith("lead") ? failWith(550, "no such user") : undefined);
    const { port, received } = await startMailServer({ onRcptTo });
    expect((await mailTo(port).send(notificationOf(), NEVER)).answer).toBe(
      "250 queued as 1; refused: lead@example.com",
    );
    expect(received[0]?.to).toEqual(["ops@example.com"]);
  });
  test.each([
    [451, true],
    [554, false],
  ] as const)("the mail itself with %i: tried again: %s", async (code, retryable) => {
    const { port } = await startMailServer({
      onData(stream, _, next) {
        stream.resume().on("end", () => next(failWith(code, "not this one")));
      },
    });
    const refusal = { retryable, answer: `${code} not this one` };
    await expect(mailTo(port).send(notificationOf(), NEVER)).rejects.toMatchObject(refusal);
  });
  test("is away: tried again", async () => {
    await expect(mailTo(1).send(notificationOf(), NEVER)).rejects.toMatchObject({ retryable: true });
  });
});

test("a server that hangs is let go of when the send is cut off", async () => {
  const stop = new AbortController();
  const gone = Promise.withResolvers<void>();
  const { port } = await startMailServer({
    onMailFrom: () => stop.abort(),
    onClose: () => gone.resolve(),
  });
  await expect(mailTo(port).send(notificationOf(), stop.signal)).rejects.toMatchObject({ retryable: true });
  await gone.promise;
});

describe("over TLS", () => {
  const auth = { user: "playhead", password: { env: "SMTP_PASSWORD" } };
  const env = { SMTP_PASSWORD: "hunter22" };
  const secured = (port: number, more: object) =>
    channelOf({ type: "email", host: "localhost", port, from: "a@b.c", to: ["d@e.f"], ...more }, env);
  const onAuth: SMTPServerOptions["onAuth"] = ({ username, password }, _, next) =>
    username === "playhead" && password === "hunter22"
      ? next(null, { user: "playhead" })
      : next(failWith(535, `wrong: ${password}`));
  const server = (more: object) => startMailServer({ ...SELF_SIGNED, onAuth, authOptional: false, ...more });

  test.each([
    ["starttls", false],
    ["tls", true],
  ] as const)("%s, with a certificate of one's own and a password", async (security, secure) => {
    const { port, received } = await server({ secure });
    await secured(port, { security, ca: SELF_SIGNED.cert, ...auth }).send(notificationOf(), NEVER);
    expect(received).toHaveLength(1);
  });
  test("a certificate that nobody vouches for is no good, and nothing is sent", async () => {
    const { port, received } = await server({ secure: true });
    const sent = secured(port, { security: "tls", ...auth }).send(notificationOf(), NEVER);
    await expect(sent).rejects.toMatchObject({ retryable: true, message: expect.stringContaining("self-signed") });
    expect(received).toEqual([]);
  });
  test("a server without STARTTLS gets nothing", async () => {
    const { port, received } = await startMailServer();
    await expect(secured(port, {}).send(notificationOf(), NEVER)).rejects.toMatchObject({ retryable: true });
    expect(received).toEqual([]);
  });
  test("a wrong password is tried again, and not told, also when the server tells it", async () => {
    const { port } = await server({ secure: true });
    const password = "not-the-one";
    const channel = secured(port, { security: "tls", ca: SELF_SIGNED.cert, user: "playhead", password });
    const error = await channel.send(notificationOf(), NEVER).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ retryable: true, answer: "535 wrong: …" });
    expect(String(error)).not.toContain(password);
  });
});

test.each([
  ["a password without a user", { password: "hunter22" }, /user and password/],
  ["a password over an open line", { user: "u", password: "hunter22" }, /open line/],
  ["nobody to read it", { to: [] }, /to/],
  ["two addresses in one", { to: ["a@b.c, d@e.f"] }, /an address/],
  ["a line break in an address", { from: "a@b.c\r\nBcc: d@e.f" }, /an address/],
  ["a host that is none", { host: "a b" }, /host/],
  ["an unknown key", { tls: false }, /tls/],
])("%s is refused", (_, settings, says) => {
  expect(() => mailTo(25, settings)).toThrow(says);
  expect(() => mailTo(25, settings)).not.toThrow(/hunter22/);
});
