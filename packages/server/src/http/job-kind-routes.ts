import * as z from "zod";
import type { Api } from "./api.ts";
import { json } from "./schemas.ts";

export interface JobKindRoutesDeps {
  readonly listKinds: () => readonly {
    readonly kind: string;
    readonly title: string;
    readonly description: string;
    readonly inputSchema: Readonly<Record<string, unknown>>;
  }[];
  /** How many of the tenant's workers offer a kind, and how many of its jobs wait for one. */
  readonly demandOf: (tenantId: string) => (kind: string) => { readonly workers: number; readonly waiting: number };
}

const jobKind = z
  .object({
    kind: z.string(),
    title: z.string(),
    description: z.string(),
    input_schema: json.meta({ description: "JSON Schema of the input; `format: upload` takes the id of an upload" }),
    workers: z.number().meta({ description: "How many workers offer to run it, busy or not" }),
    waiting: z.number().meta({ description: "How many jobs of it wait to begin" }),
  })
  .meta({ id: "JobKind" });

/** What jobs can be submitted, and who would run them. */
export function addJobKindRoutes(api: Api, { listKinds, demandOf }: JobKindRoutesDeps): void {
  api.get(
    "/api/v1/job-kinds",
    {
      schema: {
        summary: "List the kinds of jobs that can be submitted",
        response: { 200: z.object({ job_kinds: z.array(jobKind) }) },
      },
    },
    async ({ tenantId }) => {
      const demand = demandOf(tenantId);
      const job_kinds = listKinds().map(({ kind, title, description, inputSchema }) => ({
        ...{ kind, title, description, input_schema: { ...inputSchema } },
        ...demand(kind),
      }));
      return { job_kinds };
    },
  );
}
