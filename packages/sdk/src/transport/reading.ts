import type { JsonValue } from "@playhead/core";

/** What is asked for: names and values, of some names several. What is undefined is left out. */
export type ReadQuery = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** An answer that can be read once, in one of three ways. */
export interface Reading {
  /** As it comes, of any length. */
  readonly body: ReadableStream<Uint8Array>;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

/** What a query says, value by value, as text. */
export function queryValues(query: ReadQuery): [name: string, value: string][] {
  return Object.entries(query).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    return (typeof value === "object" ? value : [value]).map((each) => [name, String(each)]);
  });
}

/** A piece of a text: text, or bytes of it in UTF-8. */
type Piece = string | Uint8Array;

/** What a server in this process has answered: a value, or the pieces of a text. */
export function readingOf(answer: unknown): Reading {
  return isIterable(answer) ? readingOfPieces(answer) : readingOfValue(answer as JsonValue);
}

function isIterable(answer: unknown): answer is AsyncIterable<Piece> {
  return typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
}

function readingOfPieces(pieces: AsyncIterable<Piece>): Reading {
  const text = async () => {
    const decoder = new TextDecoder();
    let whole = "";
    for await (const piece of pieces)
      whole += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    return whole + decoder.decode();
  };
  return {
    get body() {
      return streamOf(pieces);
    },
    text,
    json: async () => JSON.parse(await text()),
  };
}

/** Piece by piece, as they are asked for. */
function streamOf(pieces: AsyncIterable<Piece>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

function readingOfValue(value: JsonValue): Reading {
  const text = () => JSON.stringify(value);
  return {
    get body() {
      return new Blob([text()]).stream();
    },
    text: async () => text(),
    json: async () => value,
  };
}
