// Does a cluster lose anything? Three nodes as processes, four workers each at another one, viewers at all of them, a real
// PostgreSQL and a real Redis; each of them is killed, cut off and started again in turn. What a worker was told is stored is
// stored once and in order in the end, and every viewer has seen every fact once, in order, and stands where the store stands.
// Each part is in a network namespace of its own where those can be made, and else behind proxies.
// usage: node --conditions=playhead-src bench/chaos-cluster.ts
//          [--seed N] [--rounds N] [--lease-ms N] [--network namespaces|cables] [--verbose]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runApart, whyNoNamespaces } from "./chaos/own-namespaces.ts";
import { say } from "./report.ts";

const args = process.argv.slice(2);
const { network } = parseArgs({ args, strict: false, options: { network: { type: "string" } } }).values;
const whyNot = network === "cables" ? "they are not wanted" : whyNoNamespaces();
if (whyNot !== null && network === "namespaces") throw new Error(`expected network namespaces; ${whyNot}`);
if (whyNot !== null) say(`without network namespaces, lines are cut in proxies: ${whyNot}`);
const script = fileURLToPath(new URL("./chaos/run-cluster.ts", import.meta.url));
const kind = whyNot === null ? "namespaces" : "cables";
process.exitCode = await runApart(script, [...args, "--network", kind], whyNot === null);
