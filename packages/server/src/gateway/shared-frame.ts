/** A frame that may go to many clients: it is built once, whatever it goes through. */
export interface SharedFrame {
  /** As JSON. */
  readonly text: string;
  /** As it goes over a WebSocket; null until one asks for it. */
  wire: Buffer | null;
}

/** A frame of which the WebSocket's form is built when the first client needs it. */
export function sharedFrame(text: string): SharedFrame {
  return { text, wire: null };
}

/** What goes over a WebSocket: a header and the text, never masked, since it comes from a server (RFC 6455, 5.2). */
export function wireOf(frame: SharedFrame): Buffer {
  frame.wire ??= textFrame(frame.text);
  return frame.wire;
}

const FINAL_TEXT = 0x81;
/** Up to here the length stands in the second byte; above, that byte says how many hold it. */
const MAX_SHORT = 125;
const IN_2_BYTES = 126;
const IN_8_BYTES = 127;

function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length <= MAX_SHORT ? 2 : length <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FINAL_TEXT;
  if (start === 2) {
    frame[1] = length;
  } else if (start === 4) {
    frame[1] = IN_2_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = IN_8_BYTES;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame.write(text, start);
  return frame;
}

/**
 * Joins events that are due together into one `batch` frame. Clients that follow the same job are sent the same events
 * one after the other: what was joined for the one before is used again.
 */
export function createFrameJoiner(): (frames: readonly SharedFrame[]) => SharedFrame {
  let last: { readonly frames: readonly SharedFrame[]; readonly joined: SharedFrame } | null = null;

  return (frames) => {
    if (last === null || !areSame(last.frames, frames)) {
      const events = frames.map(({ text }) => text).join(",");
      last = { frames, joined: sharedFrame(`{"type":"batch","data":{"events":[${events}]}}`) };
    }
    return last.joined;
  };
}

function areSame(a: readonly SharedFrame[], b: readonly SharedFrame[]): boolean {
  return a.length === b.length && a.every((frame, index) => frame === b[index]);
}
