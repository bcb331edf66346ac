// The gate of file sizes: what is longer than a person reads in one go is two things, and should be two files.
// usage: node scripts/file-sizes.mjs [root]
import fs from "node:fs";
import path from "node:path";

const LIMIT_LINES = 400;
const SOURCE = /\.(ts|tsx|mts|cts|mjs|cjs|js|jsx)$/;
const NOT_OURS = new Set(["node_modules", "dist", "coverage"]);
/** What a program wrote says so at its top; nobody reads it. */
const GENERATED = /^(?:#!.*\n)?\s*(?:\/\/|\/\*).*@generated/;

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, ".."));

function* sourceFiles(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && !NOT_OURS.has(entry.name) && entry.name !== ".git") yield* sourceFiles(file);
    else if (entry.isFile() && SOURCE.test(entry.name)) yield file;
  }
}

function countLines(text) {
  const newlines = text.split("\n").length - 1;
  return text.endsWith("\n") || text === "" ? newlines : newlines + 1;
}

const sizes = [];
for (const file of sourceFiles(root)) {
  const text = fs.readFileSync(file, "utf8");
  if (!GENERATED.test(text)) sizes.push({ file: path.relative(root, file), lines: countLines(text) });
}
sizes.sort((a, b) => b.lines - a.lines);

const tooLong = sizes.filter(({ lines }) => lines > LIMIT_LINES);
for (const { file, lines } of tooLong) console.log(`${file}: expected at most ${LIMIT_LINES} lines, got ${lines}`);
console.log(
  `${sizes.length} files, median ${sizes[Math.floor(sizes.length / 2)]?.lines ?? 0} lines, longest ${sizes[0]?.lines ?? 0}`,
);
if (sizes.length === 0) console.log("expected at least one source file, got none");
process.exitCode = tooLong.length > 0 || sizes.length === 0 ? 1 : 0;
