/** One row of a table: its first cell, and the others by the names of their columns. */
export interface TableRow {
  readonly key: string;
  readonly cells: readonly { readonly name: string; readonly value: string }[];
}

/** The text under a heading, up to the next one of the same level or above; "" where there is none. */
export function readSection(markdown: string, heading: string): string {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && plain(line.replace(/^#+ /, "")) === heading);
  if (start < 0) return "";
  const level = (lines[start] as string).indexOf(" ");
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= level);
  return rest.slice(0, end < 0 ? undefined : end).join("\n");
}

/** The first table under a heading; `code` marks are taken off. Throws where there is none. */
export function readTable(markdown: string, heading: string): readonly TableRow[] {
  const lines = readSection(markdown, heading)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const [head, , ...rows] = lines.map((line) => line.split("|").slice(1, -1).map(plain));
  if (head === undefined) throw new Error(`expected a table under "${heading}", got none`);
  return rows.map(([key = "", ...values]) => ({
    key,
    cells: values.map((value, index) => ({ name: head[index + 1] ?? "", value })),
  }));
}

function plain(text: string): string {
  return text.replaceAll("`", "").trim();
}
