/** A message of the protocol, in whichever way it travels. */
export interface Message {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type Vsn = "1.0.0" | "2.0.0";

/** Kinds of binary frames of 2.0.0. */
const PUSHED_BROADCAST = 3;
const BROADCAST = 4;
const JSON_ENCODED = 1;

/** A frame as it came. @returns null for what the protocol does not know */
export function decodeFrame(vsn: Vsn, data: Buffer, isBinary: boolean): Message | null {
  if (isBinary) return vsn === "2.0.0" && data[0] === PUSHED_BROADCAST ? decodePush(data) : null;
  const read: unknown = JSON.parse(data.toString());
  if (Array.isArray(read)) {
    const [joinRef, ref, topic, event, payload] = read;
    return { joinRef, ref, topic, event, payload };
  }
  const { join_ref: joinRef = null, ref = null, ...rest } = read as Omit<Message, "joinRef"> & { join_ref?: string };
  return { ...rest, joinRef, ref };
}

/** Kind, five lengths, an encoding; then join ref, ref, topic, event, metadata, and the payload. */
function decodePush(data: Buffer): Message {
  let at = 7;
  const [joinRef, ref, topic = "", event] = [1, 2, 3, 4].map((index) => {
    const length = data[index] ?? 0;
    at += length;
    return data.toString("utf8", at - length, at);
  });
  at += data[5] ?? 0;
  const payload = data[6] === JSON_ENCODED ? JSON.parse(data.toString("utf8", at)) : {};
  return {
    joinRef: joinRef ?? null,
    ref: ref ?? null,
    topic,
    event: "broadcast",
    payload: { type: "broadcast", event, payload },
  };
}

/** The frame of a message. */
export function encodeFrame(vsn: Vsn, message: Message): string | Buffer {
  const { joinRef, ref, topic, event, payload } = message;
  if (vsn === "1.0.0") return JSON.stringify({ join_ref: joinRef, ref, topic, event, payload });
  return event === "broadcast" ? encodeBroadcast(message) : JSON.stringify([joinRef, ref, topic, event, payload]);
}

/** Kind, three lengths, an encoding; then topic, event, metadata, and the payload. */
function encodeBroadcast({ topic, payload }: Message): Buffer {
  const parts = [topic, String(payload.event), JSON.stringify(payload.meta ?? {})].map((part) => Buffer.from(part));
  const lengths = parts.map(({ length }) => length);
  const body = Buffer.from(JSON.stringify(payload.payload));
  return Buffer.concat([Buffer.from([BROADCAST, ...lengths, JSON_ENCODED]), ...parts, body]);
}
