import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { signatureHeaders } from "../outbound/signature.ts";

const PAGE = readFileSync(new URL("../../../../docs/http.md", import.meta.url), "utf8");
const SECRETS = ["new", "old"].map((word) => `whsec_${Buffer.from(`a ${word} secret of 24 bytes`).toString("base64")}`);
const NOW_SEC = 1_763_722_920;

test("the example in docs/http.md takes what we sign, and nothing else", async () => {
  const [, code = ""] = /```js\n(import [\s\S]*?)```/.exec(PAGE) ?? [];
  const { isGenuine } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  const body = '{"type":"job.completed","title":"Größe"}';
  const headers = signatureHeaders({ webhookId: "msg_1", timestampSec: NOW_SEC, body }, SECRETS);
  for (const secret of SECRETS) expect(isGenuine(secret, headers, body, NOW_SEC + 10)).toBe(true);
  const [secret = ""] = SECRETS;
  expect(isGenuine(secret, headers, `${body} `, NOW_SEC)).toBe(false);
  expect(isGenuine(secret, headers, body, NOW_SEC + 301)).toBe(false);
  expect(isGenuine(secret, { ...headers, "webhook-id": "msg_2" }, body, NOW_SEC)).toBe(false);
  expect(isGenuine(secret, { ...headers, "webhook-signature": "v1,x" }, body, NOW_SEC)).toBe(false);
  expect(isGenuine("whsec_AAAA", headers, body, NOW_SEC)).toBe(false);
  expect(isGenuine(secret, {}, body, NOW_SEC)).toBe(false);
});
