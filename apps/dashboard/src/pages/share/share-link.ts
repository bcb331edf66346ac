/** What a share link says: which job, and with which token. */
export interface ShareLink {
  readonly jobId: string;
  readonly token: string;
  /** When the token runs out, by itself; null where it does not tell. */
  readonly endsAtMs: number | null;
}

/** Reads a link's `/share/JOB` and `#TOKEN`; null for one that is not whole, as when it was cut at a line's end. */
export function readShareLink(path: string, hash: string): ShareLink | null {
  const [, job] = /^\/share\/([^/]+)\/?$/.exec(path) ?? [];
  const token = hash.replace(/^#/, "");
  if (job === undefined || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null;
  try {
    return { jobId: decodeURIComponent(job), token, endsAtMs: endOf(token) };
  } catch {
    // A percent sign that begins nothing.
    return null;
  }
}

/** The server decides whether a token holds; this only tells people until when. */
function endOf(token: string): number | null {
  const [, claims = ""] = token.split(".");
  try {
    const { exp } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))) as { readonly exp?: unknown };
    return typeof exp === "number" ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
