import { jwtVerify, SignJWT } from "jose";
import pg from "pg";

/** Who asks: a role of the database, and what their token says. */
export interface Caller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

const ROLES: ReadonlySet<unknown> = new Set(["anon", "authenticated", "service_role"]);

/** Tokens of a project, and what those who have them may do in its database, as its row-level security says. */
export function openCallers(databaseUrl: string) {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  pool.on("error", () => undefined);
  // The pool listens to those that nobody uses; one that is in use when the database goes away fails its statement.
  pool.on("connect", (client) => client.on("error", () => undefined));

  return {
    /** A token as the project's auth server would sign it. */
    sign: (claims: Readonly<Record<string, unknown>>, expires: string = "1h"): Promise<string> =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).setExpirationTime(expires).sign(secret),
    /** @returns null for a token that is not the project's, or is over */
    async verify(token: string): Promise<Caller | null> {
      const { payload } = await jwtVerify(token, secret).catch(() => ({ payload: { role: null } }));
      return ROLES.has(payload.role) ? { role: String(payload.role), claims: { ...payload } } : null;
    },
    /** Runs statements as the caller, in one transaction; with `isTrial` nothing of it stays. */
    async as<Result>(
      { role, claims }: Caller,
      work: (client: pg.PoolClient) => Promise<Result>,
      { isTrial = false, before }: { isTrial?: boolean; before?: (client: pg.PoolClient) => Promise<unknown> } = {},
    ): Promise<Result> {
      const client = await pool.connect();
      let broken = true;
      try {
        await client.query("BEGIN");
        await before?.(client);
        await client.query("SELECT set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
        await client.query(`SET LOCAL ROLE ${pg.escapeIdentifier(role)}`);
        const result = await work(client);
        await client.query(isTrial ? "ROLLBACK" : "COMMIT");
        broken = false;
        return result;
      } finally {
        client.release(broken);
      }
    },
    /** As who owns it all. */
    query: (text: string, values: readonly unknown[] = []) => pool.query(text, [...values]),
    close: () => pool.end(),
  };
}

export type Callers = ReturnType<typeof openCallers>;
