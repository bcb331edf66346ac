import { spawn } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";

/** What one run of a variant measured, by name; units are in the names. */
export type Metrics = Readonly<Record<string, number>>;

/** All that was measured: a variant's runs in the order of the rounds. */
export type Samples = Readonly<Record<string, readonly Metrics[]>>;

/** Several values of the same thing, as told. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What a bench promises of one figure. */
export interface Target {
  readonly name: string;
  readonly value: number;
  readonly at_least?: number;
  readonly at_most?: number;
}

/** Whether packages are loaded as sources or as built: a process that is started loads them as this one does. */
export const CONDITIONS: readonly string[] = process.execArgv.filter((flag) => flag.startsWith("--conditions="));

export interface RoundsOptions {
  /** What is compared; each round runs each of them once. */
  readonly variants: readonly string[];
  readonly rounds: number;
  /** Runs one variant once, in a process of its own where it matters. */
  readonly run: (variant: string, round: number) => Promise<Metrics>;
}

/**
 * Runs the variants in turns, so that whatever the machine does meanwhile meets all of them; each round begins with
 * another one. Says each result on stderr.
 */
export async function runRounds({ variants, rounds, run }: RoundsOptions): Promise<Samples> {
  const samples = Object.fromEntries(variants.map((variant) => [variant, [] as Metrics[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [turn] of variants.entries()) {
      const variant = variants[(round + turn) % variants.length] as string;
      const metrics = await run(variant, round);
      samples[variant]?.push(metrics);
      say(`round ${round + 1}/${rounds} ${variant}: ${describe(metrics)}`);
    }
  }
  return samples;
}

/**
 * Runs a file of this folder in a Node of its own, and reads what it prints: one JSON object of metrics.
 * @throws Error when it fails; what it wrote to stderr has been passed on by then
 */
export function runFile(
  file: string,
  options: unknown,
  nodeFlags: readonly string[] = [],
  conditions: readonly string[] = CONDITIONS,
): Promise<Metrics> {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const args = [...conditions, ...nodeFlags, script, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`expected ${file} to exit with 0, got ${code}`));
    });
  });
}

/** The spread of one metric of a variant over the rounds. */
export function spreadOf(samples: Samples, variant: string, metric: string): Spread {
  return spread(valuesOf(samples, variant, metric));
}

/** A variant's metric by another's, round by round: what the machine did in a round is in both. */
export function ratioOf(samples: Samples, metric: string, variant: string, base: string): Spread {
  const bases = valuesOf(samples, base, metric);
  return spread(valuesOf(samples, variant, metric).map((value, round) => value / (bases[round] as number)));
}

/** Median, smallest and largest of some values; rounded to 4 digits, since no more of them mean anything. */
export function spread(values: readonly number[]): Spread {
  return { median: digits(quantile(values, 0.5)), min: digits(Math.min(...values)), max: digits(Math.max(...values)) };
}

/** The value below which this share (0..1) of the values lies, between neighbours where need be; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export interface Report {
  readonly bench: string;
  /** The question it answers, in a sentence. */
  readonly question: string;
  /** When it ran. */
  readonly date: Date;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly results: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
}

/** Prints a report as JSON on stdout, with the machine it ran on. @returns whether every target was met */
export function printReport({ targets, date, ...rest }: Report): boolean {
  const judged = targets.map((target) => ({ ...target, met: isMet(target) }));
  console.log(JSON.stringify({ ...rest, date: date.toISOString(), machine: machineFacts(), targets: judged }, null, 2));
  return judged.every(({ met }) => met);
}

/** What was given as `--NAME=NUMBER`. */
export function option(name: string, otherwise: number): number {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split("=")[1];
  return given === undefined ? otherwise : Number(given);
}

/** Says where a bench is, beside its result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function isMet({ value, at_least = Number.NEGATIVE_INFINITY, at_most = Number.POSITIVE_INFINITY }: Target): boolean {
  return value >= at_least && value <= at_most;
}

function machineFacts() {
  return {
    platform: `${os.platform()} ${os.arch()}`,
    cores: os.availableParallelism(),
    memory_gb: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
    sqlite: process.versions.sqlite,
  };
}

export function valuesOf(samples: Samples, variant: string, metric: string): readonly number[] {
  return (samples[variant] ?? []).map((metrics) => metrics[metric] ?? Number.NaN);
}

function describe(metrics: Metrics): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${digits(value)}`)
    .join(", ");
}

function digits(value: number): number {
  return Number(value.toPrecision(4));
}
