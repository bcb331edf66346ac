import { formatDuration, formatSize } from "@playhead/client/format";
import type { JsonObject } from "@playhead/core";
import { spell } from "./step-words.ts";

/** A value with its name and its unit, for reading. */
export type NamedValue = readonly [name: string, value: string];

/** How values are written whose names end like this. */
const UNITS: readonly (readonly [suffix: string, write: (value: number) => string])[] = [
  ["_bytes", formatSize],
  ["_ms", formatDuration],
  ["_sec", (sec) => formatDuration(sec * 1_000)],
  ["_ratio", (ratio) => `${round(ratio)}×`],
  ["_percent", (percent) => `${round(percent)} %`],
];

/** The plain values of an object that a job sent along, named and with the units that their names tell. */
export function namedValues(object: JsonObject): readonly NamedValue[] {
  return Object.entries(object).flatMap(([name, value]): readonly NamedValue[] => {
    if (typeof value === "string") return value === "" ? [] : [[spell(name), value]];
    if (typeof value !== "number") return [];
    const unit = UNITS.find(([suffix]) => name.endsWith(suffix) && name.length > suffix.length);
    return [
      unit === undefined
        ? [spell(name), String(round(value))]
        : [spell(name.slice(0, -unit[0].length)), unit[1](value)],
    ];
  });
}

const round = (value: number) => Math.round(value * 100) / 100;
