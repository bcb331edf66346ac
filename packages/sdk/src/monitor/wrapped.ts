import type { Site } from "../observe/execution.ts";

// biome-ignore lint/suspicious/noExplicitAny: whatever can be called
export type AnyFunction = (this: any, ...args: any[]) => any;

/** What a function is, as far as its calls differ. */
export type FunctionKind = "plain" | "async" | "generator" | "async generator";

/** That a function's calls are steps of the job: tasks of their own. */
export interface StepOptions {
  /** Its share of the work that it is part of: any unit its siblings share, over 0. @defaultValue expected from history */
  readonly weight?: number | undefined;
}

/** What a wrapper knows of the function in it. */
export interface Wrapped {
  readonly site: Site;
  readonly fn: AnyFunction;
  readonly kind: FunctionKind;
  /**
   * Whether its calls go on after they have returned. Found out by the first call, where the function itself does not
   * tell: until then a call gets a scope of its own, which costs more, and is right for both.
   */
  goesOn: boolean | null;
  readonly step: StepOptions | null;
  /** Of a method whose class was not known when it was decorated: called once, with the `this` of a call. */
  findOwner: ((self: unknown) => void) | null;
}
