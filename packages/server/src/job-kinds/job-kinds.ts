import { isJsonObject, type JsonObject, PlayheadError } from "@playhead/core";

/** A kind of job that the server knows the input of; whoever starts the server says which there are. */
export interface JobKindInfo {
  readonly kind: string;
  /** What it is called for people. */
  readonly title: string;
  /** One sentence: what comes of it. */
  readonly description: string;
  /** JSON Schema of its input; a form is made of it. */
  readonly inputSchema: JsonObject;
  /** @throws PlayheadError `validation_error` with every fault by its path in `detail.faults` */
  readonly check: (input: unknown) => unknown;
}

/** A job that somebody asks for. */
export interface AskedJob {
  readonly kind: string;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly input?: Readonly<Record<string, unknown>> | undefined;
}

/** The kinds of jobs that a server knows. */
export function createJobKinds(infos: readonly JobKindInfo[]) {
  const kinds = new Map(infos.map((info) => [info.kind, info]));
  return {
    list: (): readonly JobKindInfo[] => [...kinds.values()],
    isKnown: (kind: string): boolean => kinds.has(kind),
    /**
     * Whether a job is one that this server gives out to be run: of a kind that it knows, with an input. Of any other
     * somebody has to report.
     */
    isSubmission({ kind, metadata, input }: AskedJob): boolean {
      return kinds.has(kind) && isJsonObject(input ?? metadata?.input);
    },
    /**
     * What is kept of a job's input: it stands in `metadata.input`, wherever it was given. One of a kind that is known is
     * checked; a job of such a kind that comes without one is somebody's own, and no worker of ours takes it.
     *
     * @throws PlayheadError `validation_error`
     */
    metadataOf(job: AskedJob): Readonly<Record<string, unknown>> | undefined {
      const { kind, metadata, input } = job;
      if (input !== undefined && metadata?.input !== undefined) {
        throw new PlayheadError("validation_error", "expected input or metadata.input, got both", {
          detail: { faults: [{ path: "input", message: "expected it in one place" }] },
        });
      }
      const given = input ?? metadata?.input;
      if (isJsonObject(given)) kinds.get(kind)?.check(given);
      return input === undefined ? metadata : { ...metadata, input };
    },
  };
}

export type JobKinds = ReturnType<typeof createJobKinds>;
