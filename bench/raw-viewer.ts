import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** A WebSocket client that costs little: it finds frames in what it reads, and hands their bytes on. */
export interface RawViewer {
  readonly socket: Socket;
  send(text: string): void;
}

export interface RawViewerOptions {
  readonly port: number;
  /** Such as `/?job_id=job_1`. */
  readonly address: string;
  readonly protocol: string | null;
  readonly onFrame: (viewer: RawViewer, payload: Buffer) => void;
  /** Told of the code with which the server closes. */
  readonly onClose?: (code: number) => void;
}

const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
const NOTHING = Buffer.alloc(0);

/** @throws Error when the server does not take the connection */
export function openRawViewer(options: RawViewerOptions): Promise<RawViewer> {
  const { port, address, protocol } = options;
  const { promise, resolve, reject } = Promise.withResolvers<RawViewer>();
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const viewer: RawViewer = { socket, send: (text) => void socket.write(maskedFrame(Buffer.from(text), TEXT)) };
  let rest: Buffer = NOTHING;
  let isOpen = false;

  socket.once("connect", () => {
    const offer = protocol === null ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
    const key = randomBytes(16).toString("base64");
    socket.write(
      `GET ${address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${offer}\r\n`,
    );
  });
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!isOpen) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!rest.toString("latin1", 0, 12).endsWith("101")) return reject(new Error(rest.toString("latin1", 0, 40)));
      rest = rest.subarray(end + 4);
      isOpen = true;
      resolve(viewer);
    }
    rest = takeFrames(rest, viewer, options);
  });
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("closed before it was open")));
  return promise;
}

/** @returns the bytes of a frame that is not whole yet */
function takeFrames(bytes: Buffer, viewer: RawViewer, { onFrame, onClose }: RawViewerOptions): Buffer {
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = (bytes[at + 1] as number) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length - at < header) break;
    const length = header === 2 ? short : header === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
    const end = at + header + length;
    if (bytes.length < end) break;
    if (bytes[at] === TEXT) onFrame(viewer, bytes.subarray(at + header, end));
    if (bytes[at] === PING) viewer.socket.write(maskedFrame(bytes.subarray(at + header, end), PONG));
    if (bytes[at] === CLOSE) onClose?.(length >= 2 ? bytes.readUInt16BE(at + header) : 1005);
    at = end;
  }
  return at === bytes.length ? NOTHING : bytes.subarray(at);
}

/** A short message as a client has to send it; its mask is zero, which changes nothing. */
function maskedFrame(payload: Buffer, kind: number): Buffer {
  if (payload.length > 125) throw new Error(`expected a frame of at most 125 bytes, got ${payload.length}`);
  return Buffer.concat([Buffer.from([kind, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
