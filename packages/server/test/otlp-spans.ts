/** Spans as an exporter would send them, by hand: what no SDK would do is done here. */
export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const START_MS = Date.parse("2026-11-21T10:42:00.000Z");

export interface SpanOptions {
  readonly traceId?: string;
  readonly parent?: string;
  readonly name?: string;
  /** Of the trace's first moment, in milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

export const spanId = (digit: number) => digit.toString(16).padStart(16, "0");
const nanos = (ms: number) => `${START_MS + ms}000000`;

/** An object as attributes; what has a form of `AnyValue` already stays. */
export const attributesOf = (values: Readonly<Record<string, unknown>>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : typeof value === "number"
          ? { doubleValue: value }
          : typeof value === "boolean"
            ? { boolValue: value }
            : value,
  }));

export function span(id: number, options: SpanOptions = {}) {
  const {
    traceId = TRACE,
    parent,
    name = `span ${id}`,
    from = id,
    to = 1_000 - id,
    attributes = {},
    ...more
  } = options;
  return {
    traceId,
    spanId: spanId(id),
    ...(parent !== undefined && { parentSpanId: parent }),
    name,
    startTimeUnixNano: nanos(from),
    endTimeUnixNano: nanos(to),
    attributes: attributesOf(attributes),
    ...more,
  };
}

export const tracesOf = (spans: readonly object[], resource: Readonly<Record<string, unknown>> = {}) => ({
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ "service.name": "test", ...resource }) },
      scopeSpans: [{ scope: { name: "by-hand" }, spans }],
    },
  ],
});

export const logRecord = (body: string, attributes: Readonly<Record<string, unknown>> = {}, more: object = {}) => ({
  timeUnixNano: nanos(5),
  severityNumber: 9,
  body: { stringValue: body },
  traceId: TRACE,
  spanId: spanId(1),
  flags: 1,
  attributes: attributesOf(attributes),
  ...more,
});

export const logsOf = (logRecords: readonly object[]) => ({
  resourceLogs: [
    {
      resource: { attributes: attributesOf({ "service.name": "test" }) },
      scopeLogs: [{ scope: { name: "by-hand" }, logRecords }],
    },
  ],
});
