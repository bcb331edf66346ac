import type * as z from "zod";

/** Something that can be read: over HTTP, and by a program that has the engine in its own process. */
export interface Reading<Query extends z.ZodType = z.ZodType, Answer = unknown> {
  readonly summary: string;
  readonly query: Query;
  readonly read: (tenantId: string, query: z.output<Query>) => Promise<Answer>;
}

/** Ties the types of a reading's parts together. */
export const reading = <Query extends z.ZodType, Answer>(parts: Reading<Query, Answer>): Reading<Query, Answer> =>
  parts;
