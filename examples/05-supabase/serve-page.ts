// The page's own server: it knows who is signed in, and gives them a token that Supabase takes, with their tenant in it.
import { createServer, type Server } from "node:http";
import { build } from "vite";

export interface PageOptions {
  /** Of the project, as browsers reach it. */
  readonly supabaseUrl: string;
  /** Anybody may have it: alone it opens nothing. */
  readonly anonKey: string;
  /** A token of whoever asks, signed with the project's key, with the claim `tenant_id`. */
  readonly tokenOf: () => Promise<string>;
  readonly tenantId: string;
  readonly jobId: string;
}

/** The page's script; yours comes from your own build. */
async function bundle(): Promise<string> {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "error",
    // Only inside this repository: elsewhere the packages are what npm installed.
    resolve: { conditions: ["playhead-src", "module", "browser", "production"] },
    build: { write: false, rolldownOptions: { input: "page.ts" } },
  });
  const [script] = [built].flat().flatMap((each) => ("output" in each ? each.output : []));
  return script !== undefined && "code" in script ? script.code : "";
}

/** Creates the server; listening is up to you. */
export async function servePage({ supabaseUrl, anonKey, tokenOf, tenantId, jobId }: PageOptions): Promise<Server> {
  const script = await bundle();
  const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Your job</title>
    <link rel="icon" href="data:,">
  </head>
  <body data-url="${supabaseUrl}" data-anon-key="${anonKey}" data-tenant="${tenantId}" data-job="${jobId}">
    <h1 id="title">Your job</h1>
    <progress id="bar" max="100" value="0" aria-labelledby="title"></progress>
    <p><span id="state"></span> <small id="connection">connecting</small></p>
    <ol id="events"></ol>
    <script type="module" src="/page.js"></script>
  </body>
</html>`;
  return createServer(async ({ url }, response) => {
    if (url === "/page.js") return void response.setHeader("content-type", "text/javascript").end(script);
    if (url === "/session-token") {
      response.setHeader("cache-control", "no-store");
      return void response.end(await tokenOf());
    }
    response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  });
}
