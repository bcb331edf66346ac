// A product's own server: it knows its people, and which job is whose. Only it has Playhead's access key.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { build } from "vite";

export interface ProductOptions {
  /** Where Playhead is, as browsers reach it. */
  readonly playhead: string;
  /** The job that each person may see, by the session in their cookie. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Gives a token that shows one job. */
  readonly mint: (jobId: string) => Promise<string>;
}

/** The page's script and what it loads later, by their paths; yours comes from your own build. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "error",
    // Only inside this repository: elsewhere the packages are what npm installed.
    resolve: { conditions: ["playhead-src", "module", "browser", "production"] },
    build: { write: false, rolldownOptions: { input: "page.tsx", output: { entryFileNames: "page.js" } } },
  });
  const files = [built].flat().flatMap((each) => ("output" in each ? each.output : []));
  return new Map(files.map((file) => [`/${file.fileName}`, "code" in file ? file.code : ""]));
}

const sessionOf = ({ headers }: IncomingMessage) => /(?:^|; )session=(\w+)/.exec(headers.cookie ?? "")?.[1] ?? "";

/** Creates the server; listening is up to you. */
export async function createProduct({ playhead, jobs, mint }: ProductOptions): Promise<Server> {
  const files = await bundle();
  return createServer(async (request, response) => {
    const script = files.get(request.url ?? "");
    if (script !== undefined) return void response.setHeader("content-type", "text/javascript").end(script);
    const jobId = jobs.get(sessionOf(request));
    if (jobId === undefined) return void response.writeHead(401).end("Sign in first.");
    if (request.url === "/playhead-token") {
      response.setHeader("cache-control", "no-store");
      const minted = await mint(jobId).catch(() => null);
      return void (minted === null ? response.writeHead(502).end() : response.end(minted));
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(pageOf(jobId, playhead));
  });
}

const pageOf = (jobId: string, playhead: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Your video</title>
    <link rel="icon" href="data:,">
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
      .progress { --playhead-bar: #7a4fd0; --playhead-height: 10px; --playhead-radius: 5px }
    </style>
  </head>
  <body>
    <div id="root" data-job="${jobId}" data-playhead="${playhead}"></div>
    <script type="module" src="/page.js"></script>
  </body>
</html>`;
