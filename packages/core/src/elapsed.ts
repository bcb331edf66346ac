/** Milliseconds between two ISO 8601 times; 0 where one is missing, cannot be read, or where time went backwards. */
export function elapsedMs(from: string | null, to: string | null): number {
  if (from === null || to === null) return 0;
  const ms = Date.parse(to) - Date.parse(from);
  return ms > 0 ? ms : 0;
}
