/** What someone may do (SPEC §17). */
export type Role = "admin" | "operator" | "worker" | "viewer";

/** Who is asking, after authentication. */
export interface Principal {
  readonly tenantId: string;
  readonly role: Role;
}

const CONTROLLERS: readonly Role[] = ["admin", "operator"];
const REPORTERS: readonly Role[] = ["admin", "worker"];

/** What a request is about, for {@link mayDo}. */
export type Action = "read" | "control" | "report";

/** @returns whether the principal's role allows the action. */
export function mayDo({ role }: Principal, action: Action): boolean {
  if (action === "read") return true;
  return (action === "control" ? CONTROLLERS : REPORTERS).includes(role);
}
