/** Takes text in pieces, and hands it on line by line, however it was cut. */
export interface LineReader {
  push(text: string): void;
  /** The text is over: what is left without a line break is a line. */
  end(): void;
}

/** Longer lines are none that we wait for: their rest is thrown away, so that memory stays bounded. */
const MAX_LINE = 4_096;

/** @param take called for each line, without its break */
export function createLineReader(take: (line: string) => void): LineReader {
  let pending = "";
  return {
    push(text) {
      pending += text;
      let from = 0;
      for (let end = pending.indexOf("\n"); end !== -1; end = pending.indexOf("\n", from)) {
        take(pending.slice(from, end));
        from = end + 1;
      }
      pending = pending.slice(from, from + MAX_LINE);
    },
    end() {
      if (pending !== "") take(pending);
      pending = "";
    },
  };
}
