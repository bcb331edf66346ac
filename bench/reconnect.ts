// How long until all are live again? 5,000 clients come back at once after a restart of the whole server, each with its
// position; their own jitter, which would spread them, is left out.
// usage: node --conditions=playhead-src bench/reconnect.ts [--quick]
import { printReport, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 1 : 3;
const CLIENTS = quick ? 1_000 : 5_000;

const variants = [`${CLIENTS} on one job`, `${CLIENTS} on 500 jobs`];
say(`${ROUNDS} rounds of ${variants.length} runs`);
const samples = await runRounds({
  variants,
  rounds: ROUNDS,
  run: (variant) =>
    runFile("./reconnect-clients.ts", { clients: CLIENTS, jobs: variant.endsWith("one job") ? 1 : 500 }),
});

const figures = ["all_live_ms", "errors", "told_that_the_server_goes"];
const met = printReport({
  bench: "reconnect",
  question: "How long until all clients are live again after a restart of the server?",
  date: new Date(),
  settings: { rounds: ROUNDS, clients: CLIENTS },
  results: Object.fromEntries(
    variants.map((variant) => [
      variant,
      Object.fromEntries(figures.map((name) => [name, spreadOf(samples, variant, name)])),
    ]),
  ),
  targets: variants.flatMap((variant) => [
    { name: `${variant}: errors`, value: spreadOf(samples, variant, "errors").max, at_most: 0 },
    {
      name: `${variant}: told that the server goes`,
      value: spreadOf(samples, variant, "told_that_the_server_goes").min,
      at_least: 1,
    },
  ]),
});
process.exitCode = met ? 0 : 1;
