/** Says something of the server's own, for its log. */
export type ServerLog = (
  level: "info" | "warning" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
