// The page: one job of the person who is signed in, followed with supabase-js. Neither Playhead nor its key is in it.
import { SupabaseRealtimeClient } from "@playhead/sdk/supabase";
import { createClient } from "@supabase/supabase-js";

const { url = "", anonKey = "", tenant = "", job = "" } = document.body.dataset;

const supabase = createClient(url, anonKey, {
  // Of your own sign-in. Leave this out where people sign in with Supabase Auth: then the client has their token.
  accessToken: async () => (await fetch("/session-token")).text(),
  // Many who were cut off at once do not come back at once.
  realtime: { reconnectAfterMs: (tries) => Math.min(30_000, 1_000 * 2 ** (tries - 1)) * (0.5 + Math.random() / 2) },
});

const byId = (id: string) => document.getElementById(id) as HTMLElement;
const minutes = (ms: number) => `${Math.ceil(ms / 60_000)} min left`;

new SupabaseRealtimeClient({ supabase, tenantId: tenant }).watchJob(job, {
  onProgress({ title, state, percent_complete, eta_ms }) {
    byId("title").textContent = title;
    byId("bar").setAttribute("value", String(percent_complete));
    byId("state").textContent = eta_ms === null ? state : `${state}, ${minutes(eta_ms)}`;
  },
  onEvent({ seq, type }) {
    const line = document.createElement("li");
    line.textContent = `${seq} ${type}`;
    byId("events").append(line);
  },
  onState(state) {
    byId("connection").textContent = state;
  },
});
