import { createHmac } from "node:crypto";

/** What begins a secret in the form of Standard Webhooks; base64 follows. */
export const SECRET_PREFIX = "whsec_";

/** What is signed. */
export interface SignedMessage {
  /** Names the message: the same in each try, so that a receiver knows a repetition. */
  readonly webhookId: string;
  /** Of this try: a receiver refuses what is old, so that nobody can send it again later. */
  readonly timestampSec: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com), version 1: HMAC-SHA256 in base64. While a secret is
 * being replaced there are two of them, and a signature by each.
 *
 * @param secrets each `whsec_` and base64, the newest first
 */
export function signatureHeaders(
  { webhookId, timestampSec, body }: SignedMessage,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const signed = `${webhookId}.${timestampSec}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  });
  return {
    "webhook-id": webhookId,
    "webhook-timestamp": String(timestampSec),
    "webhook-signature": signatures.join(" "),
  };
}
