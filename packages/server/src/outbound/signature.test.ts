import { expect, test } from "vitest";
import { signatureHeaders } from "./signature.ts";

const MESSAGE = {
  webhookId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestampSec: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("is what the libraries of Standard Webhooks make of their own example", () => {
  expect(signatureHeaders(MESSAGE, [SECRET])).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("two secrets make two signatures, the newest first", () => {
  const other = `whsec_${Buffer.from("another key, also a secret").toString("base64")}`;
  const one = signatureHeaders(MESSAGE, [SECRET])["webhook-signature"];
  const two = signatureHeaders(MESSAGE, [other])["webhook-signature"];
  expect(signatureHeaders(MESSAGE, [other, SECRET])["webhook-signature"]).toBe(`${two} ${one}`);
});

test.each([
  { name: "the id", message: { ...MESSAGE, webhookId: "msg_other" } },
  { name: "the time", message: { ...MESSAGE, timestampSec: 1 } },
  { name: "the body", message: { ...MESSAGE, body: "{}" } },
])("$name is signed", ({ message }) => {
  const headers = signatureHeaders(message, [SECRET]);
  expect(headers["webhook-signature"]).not.toBe(signatureHeaders(MESSAGE, [SECRET])["webhook-signature"]);
});
