import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { AlertNotification } from "@playhead/core";
import { createTransport } from "nodemailer";
import * as z from "zod";
import { type Channel, type ChannelDeps, ChannelRefusal, type ChannelType } from "../channel.ts";
import { secretSetting } from "../secret.ts";
import { textOf, wordsOf } from "../words.ts";
import { htmlOf } from "./email-html.ts";

const address = z
  .string()
  .max(254)
  .regex(/^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/, { message: "expected an address such as ops@example.com" });

const settings = z
  .strictObject({
    type: z.literal("email"),
    host: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .meta({ description: "The mail server that takes what we send." }),
    port: z.number().int().min(1).max(65_535).optional().meta({ description: "By default 587; with `tls` 465." }),
    security: z.enum(["starttls", "tls", "none"]).default("starttls").meta({
      description: "`starttls` and `tls` insist on it, and on a certificate that is good; `none` is for this machine.",
    }),
    ca: secretSetting
      .meta({ description: "Certificates (PEM) to trust instead of the usual ones, for a server of your own." })
      .optional(),
    user: z.string().min(1).max(254).optional(),
    password: secretSetting.optional(),
    from: address,
    to: z.array(address).min(1).max(50),
    timeout_seconds: z.number().int().min(1).max(120).default(30),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: "expected user and password, or neither",
    path: ["password"],
  })
  .refine(({ password, security }) => password === undefined || security !== "none", {
    message: "expected starttls or tls: a password does not go over an open line",
    path: ["security"],
  });
type EmailSettings = z.infer<typeof settings>;

const PORTS: Readonly<Record<EmailSettings["security"], number>> = { starttls: 587, tls: 465, none: 587 };

/** Sends mails, in text and HTML, one to all who are to read it. */
export const email = {
  settings,
  create(given, deps): Channel {
    const limitMs = given.timeout_seconds * 1_000;
    const transport = createTransport(transportOptions(given, deps, limitMs));
    return {
      type: "email",
      target: given.to.join(", "),
      limitMs,
      paceMs: 0,
      async send(notification, signal) {
        const words = wordsOf(notification);
        const group = messageId(notification.group_key);
        const attachments = await attachmentsOf(notification, deps);
        try {
          const { response, rejected } = await transport.sendMail({
            from: { name: "Playhead", address: given.from },
            to: [...given.to],
            subject: words.subject,
            text: textOf(words),
            html: htmlOf(words),
            attachments: [...attachments],
            messageId: messageId(notification.notification_id),
            // Mails of one group stand together where mails are read.
            references: group,
            headers: {
              "X-Playhead-Notification": printable(notification.notification_id),
              "Auto-Submitted": "auto-generated",
            },
            disableFileAccess: true,
            disableUrlAccess: true,
            signal,
          });
          return { answer: rejected.length === 0 ? response : `${response}; refused: ${rejected.join(", ")}` };
        } catch (error) {
          throw refusalOf(error);
        }
      },
    };
  },
} satisfies ChannelType<EmailSettings>;

/** A file that is gone is no reason not to tell: the mail has a link. */
async function attachmentsOf({ attachment }: AlertNotification, { readAttachment }: ChannelDeps) {
  const content = attachment === undefined ? null : await readAttachment(attachment);
  return attachment === undefined || content === null ? [] : [{ filename: attachment, content: Buffer.from(content) }];
}

function transportOptions(given: EmailSettings, deps: ChannelDeps, limitMs: number) {
  const { host, port, security, user, password, ca } = given;
  return {
    host,
    port: port ?? PORTS[security],
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    connectionTimeout: limitMs,
    greetingTimeout: limitMs,
    socketTimeout: limitMs,
    dnsTimeout: limitMs,
    tls: {
      minVersion: "TLSv1.2" as const,
      ...(ca === undefined ? {} : { ca: deps.secret(ca) }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: deps.secret(password) } }),
  };
}

/** The same for the same id: who has it already shows it once. */
function messageId(id: string): string {
  return `<${/^[\w.-]{1,100}$/.test(id) ? id : createHash("sha256").update(id).digest("hex")}@playhead>`;
}

function printable(id: string): string {
  return id.replace(/[^\x21-\x7e]/g, "_").slice(0, 200);
}

/** Of this message, not of this server: the next one may fare better, this one will not. */
const ABOUT_MESSAGE: ReadonlySet<string> = new Set(["EENVELOPE", "EMESSAGE"]);

function refusalOf(error: unknown): ChannelRefusal {
  const {
    code = "failed",
    message,
    response,
    responseCode = 0,
  } = error as Error & {
    readonly code?: string;
    readonly response?: string;
    readonly responseCode?: number;
  };
  const isForGood = ABOUT_MESSAGE.has(code) && responseCode >= 500;
  return new ChannelRefusal(`${code}: ${message}`, { retryable: !isForGood, answer: response ?? null });
}
