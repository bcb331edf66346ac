/** An error as the server's log has it: with its stack, where there is one. */
export function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
