// npm run check: everything about the source that can be known without running it.
import path from "node:path";
import { runGates } from "./gates.mjs";

process.chdir(path.resolve(import.meta.dirname, ".."));
const { failed } = await runGates();
process.exitCode = failed > 0 ? 1 : 0;
