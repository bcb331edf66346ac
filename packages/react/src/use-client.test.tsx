import type { PlayheadClient } from "@playhead/client";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { PlayheadProvider } from "./provider.tsx";
import { shareClient } from "./shared-clients.ts";
import { type ClientOptions, usePlayheadClient } from "./use-client.ts";

const URL_A = "http://127.0.0.1:1/a";
const token = async () => "t";

/** The clients that components get which stand in one page, each with its options. */
function clientsOf(options: readonly ClientOptions[], provided?: PlayheadClient): readonly (PlayheadClient | null)[] {
  vi.stubGlobal("window", {});
  const got: (PlayheadClient | null)[] = [];
  function Part({ given }: { readonly given: ClientOptions }) {
    got.push(usePlayheadClient(given));
    return null;
  }
  const parts = options.map((given, index) => <Part key={String(index)} given={given} />);
  renderToString(provided === undefined ? parts : <PlayheadProvider client={provided}>{parts}</PlayheadProvider>);
  return got;
}

test("components that ask the same server with the same token share a client", () => {
  const [first, second] = clientsOf([
    { url: URL_A, token },
    { url: URL_A, token },
  ]);
  expect(first).not.toBeNull();
  expect(second).toBe(first);
  expect(clientsOf([{ url: URL_A }])[0]).toBe(clientsOf([{ url: URL_A }])[0]);
});

test("another server, or another token, is another client", () => {
  const clients = clientsOf([
    { url: URL_A, token },
    { url: URL_A },
    { url: `${URL_A}/b`, token },
    { url: URL_A, token: async () => "u" },
  ]);
  expect(new Set(clients).size).toBe(4);
});

test("a provider's client comes before all others", () => {
  const { client } = shareClient(`${URL_A}/provided`, undefined);
  expect(clientsOf([{ url: URL_A, token }, {}], client)).toEqual([client, client]);
});

test("the newest token function is asked", async () => {
  const shared = shareClient(`${URL_A}/newest`, token);
  let asked = 0;
  shared.token.newest = async () => {
    asked += 1;
    return "newer";
  };
  await shared.client.api.session().catch(() => {});
  expect(asked).toBe(1);
});
