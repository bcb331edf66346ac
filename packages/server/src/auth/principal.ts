/** What someone may do (SPEC §17). */
export type Role = "admin" | "operator" | "worker" | "viewer";

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
}

const CONTROLLERS: readonly Role[] = ["admin", "operator"];
const REPORTERS: readonly Role[] = ["admin", "worker"];

/** What a request is about, for {@link mayDo}. */
export type Action = "read" | "control" | "report" | "admin";

/** @returns whether the principal's role allows the action. */
export function mayDo({ role }: Pick<Principal, "role">, action: Action): boolean {
  if (action === "read") return true;
  if (action === "admin") return role === "admin";
  return (action === "control" ? CONTROLLERS : REPORTERS).includes(role);
}
