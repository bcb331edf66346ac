// Progress in a page by Supabase: Playhead mirrors its jobs into your project, and the page hears of them from there.
// set it up: docs/supabase.md; then run it with the project's address and key, a token of somebody who is signed in
// (with their tenant in it), and a job:
//         SUPABASE_URL=… SUPABASE_ANON_KEY=… node --conditions=playhead-src examples/05-supabase/main.ts TOKEN TENANT JOB
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { servePage } from "./serve-page.ts";

const [, , token = "", tenantId = "default", jobId = ""] = process.argv;

const server = await servePage({
  supabaseUrl: process.env.SUPABASE_URL ?? "",
  anonKey: process.env.SUPABASE_ANON_KEY ?? "",
  tokenOf: async () => token,
  tenantId,
  jobId,
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
