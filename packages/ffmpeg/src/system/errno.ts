/** @returns the system's name of an error (`ENOENT`, `EACCES` …), or null when it has none. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
