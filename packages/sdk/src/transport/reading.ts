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

/** What a server in this process has answered: a value, or the pieces of a text. */
export function readingOf(answer: unknown): Reading {
  return isIterable(answer) ? readingOfPieces(answer) : readingOfValue(answer as JsonValue);
}

function isIterable(answer: unknown): answer is AsyncIterable<string> {
  return typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
}

function readingOfPieces(pieces: AsyncIterable<string>): Reading {
  const text = async () => {
    let whole = "";
    for await (const piece of pieces) whole += piece;
    return whole;
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
function streamOf(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
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
