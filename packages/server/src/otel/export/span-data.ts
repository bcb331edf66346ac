/** A span on its way out, before the libraries of OpenTelemetry are needed. */
export interface SpanData {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: "internal" | "client";
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: AttributeData;
  readonly events: readonly { readonly name: string; readonly atMs: number; readonly attributes: AttributeData }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** What it says of why it failed; null when it did not. */
  readonly error: string | null;
}

export interface LogData {
  /** Empty outside of any trace. */
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly atMs: number;
  readonly severity: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: AttributeData;
}

export type AttributeData = Readonly<Record<string, string | number | boolean>>;

/** Values as attributes have them: what is no plain value is written as JSON, what is not there is left out. */
export function attributesOf(values: Readonly<Record<string, unknown>>, prefix = ""): AttributeData {
  const made: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null || value === "") continue;
    const isPlain = typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
    const text = isPlain ? (value as string | number | boolean) : (JSON.stringify(value) ?? "");
    made[prefix + name] = typeof text === "string" ? text.slice(0, MAX_TEXT) : text;
  }
  return made;
}

const MAX_TEXT = 8_192;
