/** What someone may do (SPEC §17), who may do most first. */
export const ROLES = ["admin", "operator", "worker", "viewer", "monitor"] as const;
/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/**
 * What a request needs. `inspect`: see what was observed of calls, with their parameters, paths and stacks, which is not
 * for a job's viewers. `submit`: have a job of a known kind run, and hand in files for it. `report`: say of jobs what
 * happens to them, as workers do. `share`: hand out what one may see oneself, as job tokens. `metrics`: figures of the
 * whole server.
 */
export type Permission = "read" | "inspect" | "control" | "submit" | "report" | "share" | "metrics" | "admin";

/** Who is asking, after authentication. */
export interface Principal {
  readonly tenantId: string;
  readonly role: Role;
  /** The only jobs that may be seen; null for all of the tenant's. */
  readonly jobIds: ReadonlySet<string> | null;
  /** When the credential runs out; null for one that does not. */
  readonly expiresAtMs: number | null;
  /** Names the credential, so that what it opened can be ended with it; not the credential itself. */
  readonly credentialId: string;
  /** The session of a browser that was signed in with it: ended by itself. */
  readonly sessionId?: string;
}

/** Who sees jobs; a monitor sees figures alone. */
const PEOPLE = ["admin", "operator", "worker", "viewer"] as const;

const MAY: Readonly<Record<Permission, readonly Role[]>> = {
  read: PEOPLE,
  inspect: PEOPLE,
  control: ["admin", "operator"],
  submit: ["admin", "operator", "worker"],
  report: ["admin", "worker"],
  share: ["admin", "operator", "worker"],
  metrics: ["admin", "monitor"],
  admin: ["admin"],
};

/** @returns whether the principal may do it; who came with a job token can at most read and control */
export function mayDo({ role, jobIds }: Pick<Principal, "role" | "jobIds">, permission: Permission): boolean {
  const isInReach = jobIds === null || permission === "read" || permission === "control";
  return isInReach && MAY[permission].includes(role);
}
