import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { onTestFinished } from "vitest";

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Of the whole mail, unfolded, in their order; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Its parts, decoded. */
  readonly text: string;
  readonly html: string;
  /** All of it, as it came. */
  readonly raw: string;
}

/** A real SMTP server on this machine; `options` are those of smtp-server. */
export async function startMailServer(options: SMTPServerOptions = {}) {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key === undefined ? ["STARTTLS", "AUTH"] : [],
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString("latin1");
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...readMail(raw) });
        callback(null, "queued as 1");
      });
    },
    ...options,
  });
  // A client that hangs up is no failure of the server.
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, received };
}

function readMail(raw: string) {
  const { headers, body } = splitHead(raw);
  const boundary = /boundary="?([^";]+)/.exec(headers.find(([name]) => name === "content-type")?.[1] ?? "")?.[1];
  const parts = body.split(`--${boundary}`).map((part) => splitHead(part.replace(/^\r\n/, "")));
  const partOf = (type: string) => {
    const part = parts.find((each) =>
      each.headers.some(([name, value]) => name === "content-type" && value.startsWith(type)),
    );
    return part === undefined ? "" : decode(part);
  };
  return { headers, text: partOf("text/plain"), html: partOf("text/html"), raw };
}

function splitHead(raw: string) {
  const at = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, at)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { headers, body: raw.slice(at + 4) };
}

/** As whoever reads the mail sees it: in the mail all lines end with CRLF, however it is encoded. */
function decode({ headers, body }: ReturnType<typeof splitHead>): string {
  const encoding = headers.find(([name]) => name === "content-transfer-encoding")?.[1];
  return decodedBy(encoding, body).toString().replaceAll("\r\n", "\n").trimEnd();
}

function decodedBy(encoding: string | undefined, body: string): Buffer {
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1");
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}
