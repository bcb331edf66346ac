/** What one read of a stream of server-sent events brought. */
export interface StreamPart {
  /** The `data` of each event that is whole. */
  readonly events: readonly string[];
  /** The id that the last of them had; null when none of them had one. */
  readonly lastId: string | null;
  /** The server's `retry:`, in milliseconds; null where it said nothing. */
  readonly retryMs: number | null;
}

/**
 * Creates a reader of the text of server-sent events, which comes cut anywhere. The platform's `EventSource` can neither
 * send a header nor say what went wrong, and Node has none.
 */
export function createEventStreamReader(): (text: string) => StreamPart {
  let rest = "";
  let data: string[] = [];
  let id: string | null = null;

  return (text) => {
    const events: string[] = [];
    let lastId: string | null = null;
    let retryMs: number | null = null;
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) {
          events.push(data.join("\n"));
          // An id counts once the event that brought it is whole.
          lastId = id ?? lastId;
        }
        data = [];
        id = null;
        continue;
      }
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === "data") data.push(value);
      else if (field === "id") id = value;
      else if (field === "retry" && /^\d+$/.test(value)) retryMs = Number(value);
    }
    return { events, lastId, retryMs };
  };
}
