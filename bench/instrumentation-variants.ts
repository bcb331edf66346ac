// What bench/instrumentation.ts compares: the same three functions, instrumented in each way.
import { context, SpanStatusCode } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import {
  type AnyFunction,
  createPlayhead,
  type MonitoringOptions,
  monitor,
  monitorExecution,
  type Transport,
  trackPerformance,
} from "@playhead/sdk";
import * as Sentry from "@sentry/node";

interface Options {
  readonly height: number;
  readonly fast: boolean;
}

type Call<Result> = (name: string, number: number, options: Options) => Result;

/** The functions, and what is around their calls. */
export interface Instrumented {
  readonly sync: Call<number>;
  readonly later: Call<Promise<number>>;
  readonly throwing: Call<number>;
  /** Runs calls where calls run: in a job, or in a span. */
  within(run: () => Promise<void>): Promise<void>;
  /** Until all that was recorded has been exported. */
  flush(): Promise<unknown>;
  close(): Promise<unknown>;
}

function sync(name: string, number: number, { height }: Options): number {
  return name.length + number * height;
}

async function later(name: string, number: number, { height }: Options): Promise<number> {
  return name.length + number * height;
}

function throwing(name: string, number: number, _options: Options): number {
  throw new RangeError(`${name} has no ${number}`);
}

const FUNCTIONS = { sync, later, throwing };
const nothing = async () => undefined;
/** For as many calls as a run makes. */
const ROOM = 2_000_000;

/** Each way by its name. */
export const VARIANTS: Readonly<Record<string, () => Promise<Instrumented> | Instrumented>> = {
  bare: () => ({ ...FUNCTIONS, within: (run) => run(), flush: nothing, close: nothing }),
  off: () => playhead(monitor, { enabled: false }),
  trackPerformance: () => playhead(trackPerformance, {}),
  monitorExecution: () => playhead(monitorExecution, {}),
  monitor: () => playhead(monitor, {}),
  "as NDJSON": () => playhead(monitorExecution, {}, (records) => records.map((record) => JSON.stringify(record))),
  opentelemetry,
  sentry,
};

/** The exporter takes what comes, as the others' do. */
function playhead(
  instrument: <Fn extends AnyFunction>(fn: Fn) => Fn,
  monitoring: MonitoringOptions,
  encode: (records: readonly unknown[]) => unknown = () => null,
): Instrumented {
  let exported = 0;
  const transport: Transport = {
    async send({ records }) {
      encode(records);
      exported += records.length;
      return { accepted: records.length, refused: [] };
    },
    onCommand: () => () => undefined,
    close: nothing,
  };
  // What each call costs is the question: not what the budget makes of it, nor a crowd that waits while the machine is busy.
  const own = createPlayhead({
    transport,
    capacity: ROOM,
    monitoring: { budget: false, capacity: ROOM, ...monitoring },
  });
  return {
    sync: instrument(sync),
    later: instrument(later),
    throwing: instrument(throwing),
    within: (run) => own.job({ kind: "bench" }).run(run),
    flush: () => own.flush(),
    async close() {
      await own.close();
      if (own.monitoring().summarized_calls > 0) throw new Error("expected each call to have a record of its own");
      if (exported === 0) throw new Error("expected records to be exported");
    },
  };
}

function opentelemetry(): Instrumented {
  let exported = 0;
  const exporter: SpanExporter = {
    export(spans, done) {
      exported += spans.length;
      done({ code: 0 });
    },
    shutdown: nothing,
    forceFlush: nothing,
  };
  const contextManager = new AsyncLocalStorageContextManager();
  context.setGlobalContextManager(contextManager.enable());
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 20 });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer("bench");
  let calls = 0;

  const attributesOf = (name: string, number: number, { height, fast }: Options) => ({
    "arg.name": name,
    "arg.number": number,
    "arg.height": height,
    "arg.fast": fast,
    "job.id": "job_0123456789abcdef",
  });
  function spanned<Result>(fn: Call<Result>): Call<Result> {
    return (name, number, options) => {
      calls += 1;
      return tracer.startActiveSpan(fn.name, { attributes: attributesOf(name, number, options) }, (span) => {
        try {
          return fn(name, number, options);
        } catch (error) {
          span.recordException(error as Error);
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
    };
  }
  return {
    sync: spanned(sync),
    later(name, number, options) {
      calls += 1;
      return tracer.startActiveSpan("later", { attributes: attributesOf(name, number, options) }, async (span) => {
        try {
          return await later(name, number, options);
        } finally {
          span.end();
        }
      });
    },
    throwing: spanned(throwing),
    within: (run) => tracer.startActiveSpan("job", (span) => run().finally(() => span.end())),
    flush: () => provider.forceFlush(),
    async close() {
      await provider.shutdown();
      if (exported < calls) throw new Error(`expected ${calls} spans to be exported, got ${exported}`);
    },
  };
}

function sentry(): Instrumented {
  Sentry.init({
    dsn: "https://0123456789abcdef0123456789abcdef@localhost/1",
    tracesSampleRate: 1,
    defaultIntegrations: false,
    transport: () => ({ send: async () => ({ statusCode: 200 }), flush: async () => true }),
  });
  function spanned<Result>(fn: Call<Result>): Call<Result> {
    return (name, number, options) =>
      Sentry.startSpan({ name: fn.name, op: "function", attributes: { name, number, ...options, job: "job_1" } }, () =>
        fn(name, number, options),
      );
  }
  return {
    sync: spanned(sync),
    later: spanned(later),
    throwing: spanned(throwing),
    within: (run) => run(),
    flush: () => Sentry.flush(2_000),
    close: () => Sentry.close(2_000),
  };
}
