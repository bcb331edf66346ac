import { isJsonObject, type JsonObject, PlayheadError } from "@playhead/core";
import { askServer, streamFrom } from "./ask-server.ts";
import { type HistoryPlace, openHistory } from "./find-history.ts";
import type { ServerAddress } from "./server-check.ts";

/** Parameters of a question; a list is a parameter that is said several times. */
export type Question = Readonly<Record<string, string | readonly string[]>>;

/** What was observed, wherever it is kept. */
export interface Readings {
  /** The answer of `GET /api/v1/PATH`. @throws PlayheadError as the server does */
  read(path: string, question: Question): Promise<JsonObject>;
  /** The same for an answer that is no JSON, piece by piece. */
  stream(path: string, question: Question, signal: AbortSignal): Promise<AsyncIterable<string | Uint8Array>>;
  close(): Promise<void>;
}

/**
 * Opens a server's, or the data folder's that no server has.
 *
 * @throws PlayheadError `not_found` for a folder that is not there, and as `createEngine` does
 */
export async function openReadings(server: ServerAddress | null, place: HistoryPlace): Promise<Readings> {
  if (server !== null) return onServer(server);
  const engine = await openHistory(place);
  const ask = (path: string, question: Question) => engine.readings.read("default", path, question);
  return {
    async read(path, question) {
      const answer = await ask(path, question);
      if (isJsonObject(answer)) return answer;
      throw new PlayheadError("internal_error", `expected ${path} to answer with an object`);
    },
    stream: async (path, question) => (await ask(path, question)) as AsyncIterable<string>,
    close: engine.close,
  };
}

function onServer(server: ServerAddress): Readings {
  const addressOf = (path: string, question: Question) => {
    const pairs = Object.entries(question).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
    return `${path}?${new URLSearchParams(pairs as [string, string][])}`;
  };
  return {
    read: (path, question) => askServer(server, "GET", addressOf(path, question)),
    stream: async (path, question, signal) => (await streamFrom(server, addressOf(path, question), signal)).pieces,
    close: async () => undefined,
  };
}
