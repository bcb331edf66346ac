import type * as z from "zod";

/** What is known of a setting beside what is allowed; each setting has it as its `meta`. */
export interface SettingMeta {
  readonly description: string;
  /** Under which heading people look for it. */
  readonly section: string;
  /** Whether a change holds at once; else from the next start on. */
  readonly reloadable: boolean;
  /** Environment variables that set it; the first that is set wins. */
  readonly env?: readonly string[];
  /** Whether nobody may read it. */
  readonly secret?: boolean;
}

/** A heading, with two ways to describe a setting under it: one that holds at once, and one that waits for a start. */
export function section(name: string) {
  const meta = (reloadable: boolean, description: string, env: readonly string[]): SettingMeta & z.GlobalMeta => ({
    description,
    section: name,
    reloadable,
    ...(env.length > 0 && { env }),
  });
  return {
    live: (description: string, ...env: readonly string[]) => meta(true, description, env),
    atStart: (description: string, ...env: readonly string[]) => meta(false, description, env),
  };
}
