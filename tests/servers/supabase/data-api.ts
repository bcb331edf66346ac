import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import pg from "pg";
import type { Caller, Callers } from "./callers.ts";

const id = pg.escapeIdentifier;
const OPERATORS: Readonly<Record<string, string>> = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=", neq: "<>" };
/** What is no filter among the names of a query. */
const WORDS = new Set(["select", "order", "limit", "offset", "columns"]);
const STATUSES: Readonly<Record<string, number>> = { "42501": 403, "42P01": 404, "42883": 404 };

/** The part of a project's Data API that Playhead and its clients use: rows by simple filters, and functions. */
export function createDataApi(callers: Callers) {
  async function select(caller: Caller, table: string, query: URLSearchParams): Promise<unknown> {
    const { where, values } = conditionsOf(query);
    const order = (query.get("order") ?? "")
      .split(",")
      .filter((each) => each !== "")
      .map((each) => {
        const [column = "", way] = each.split(".");
        return `${id(column)} ${way === "desc" ? "DESC" : "ASC"}`;
      });
    const sorted = order.length === 0 ? "" : `ORDER BY ${order.join(", ")}`;
    const limit = query.has("limit") ? `LIMIT ${Number(query.get("limit"))}` : "";
    const wanted = (query.get("select") ?? "*").split(",").map((column) => (column === "*" ? "*" : id(column)));
    const rows = `SELECT ${wanted.join(", ")} FROM public.${id(table)} ${where} ${sorted} ${limit}`;
    return callers.as(caller, async (client) => {
      const { rows: found } = await client.query(`SELECT coalesce(jsonb_agg(r), '[]') AS all FROM (${rows}) r`, values);
      return found[0]?.all;
    });
  }

  async function change(caller: Caller, method: string, table: string, query: URLSearchParams, body: string) {
    const { where, values } = conditionsOf(query);
    const name = `public.${id(table)}`;
    const given = JSON.parse(body === "" ? "{}" : body) as Record<string, unknown>;
    const rows = Array.isArray(given) ? given : [given];
    const columns = Object.keys(rows[0] ?? {}).map(id);
    const json = `$${values.length + 1}::jsonb`;
    const from = `FROM jsonb_populate_recordset(NULL::${name}, ${json})`;
    const statements: Readonly<Record<string, string>> = {
      POST: `INSERT INTO ${name} (${columns.join()}) SELECT ${columns.join()} ${from}`,
      PATCH: `UPDATE ${name} SET (${columns.join()}) = (SELECT ${columns.join()} ${from}) ${where}`,
      DELETE: `DELETE FROM ${name} ${where}`,
    };
    const withRows = method === "DELETE" ? values : [...values, JSON.stringify(rows)];
    await callers.as(caller, (client) => client.query(statements[method] ?? "", withRows));
  }

  async function call(caller: Caller, name: string, body: string): Promise<unknown> {
    const args = Object.entries(JSON.parse(body) as Record<string, unknown>);
    const { rows } = await callers.query(
      "SELECT array_agg(t::regtype::text) AS types, proargnames AS names FROM pg_proc, unnest(proargtypes) AS t WHERE proname = $1 AND pronamespace = 'public'::regnamespace GROUP BY pg_proc.oid, proargnames",
      [name],
    );
    const types = rows[0]?.types as readonly string[];
    const names = rows[0]?.names as readonly string[];
    const given = args.map(([arg], at) => `${id(arg)} => $${at + 1}::${types[names.indexOf(arg)]}`);
    const values = args.map(([, value]) => (typeof value === "object" ? JSON.stringify(value) : value));
    return callers.as(caller, async (client) => {
      const { rows: answered } = await client.query(`SELECT public.${id(name)}(${given.join()}) AS answer`, values);
      return answered[0]?.answer;
    });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "", "http://project");
    const [, , , table = "", name = ""] = url.pathname.split("/");
    const token = request.headers.authorization?.replace(/^Bearer /, "") ?? String(request.headers.apikey ?? "");
    const caller = await callers.verify(token);
    const answer = (status: number, body?: unknown) =>
      response
        .writeHead(status, { "content-type": "application/json", ...CORS })
        .end(body === undefined ? undefined : JSON.stringify(body));
    if (request.method === "OPTIONS") return void answer(200);
    if (caller === null) return void answer(401, { code: "PGRST301", message: "JWT is not valid" });
    try {
      const body = await text(request);
      if (table === "rpc") answer(200, await call(caller, name, body));
      else if (request.method === "GET") answer(200, await select(caller, table, url.searchParams));
      else {
        await change(caller, request.method ?? "", table, url.searchParams, body);
        answer(request.method === "POST" ? 201 : 204);
      }
    } catch (error) {
      const { code = "PGRST000", message } = error as { readonly code?: string; readonly message: string };
      const isAway = !/^[0-9A-Z]{5}$/.test(code) || code.startsWith("57");
      answer(isAway ? 503 : (STATUSES[code] ?? 400), { code, message, details: null, hint: null });
    }
  };
}

/** Pages of any origin may ask; what they may do is their token's affair. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*, authorization",
  "access-control-allow-methods": "GET, POST, PATCH, DELETE",
};

function conditionsOf(query: URLSearchParams): { readonly where: string; readonly values: unknown[] } {
  const values: unknown[] = [];
  const conditions = [...query].flatMap(([column, condition]) => {
    if (WORDS.has(column)) return [];
    const [, operator = "", value = ""] = /^(\w+)\.(.*)$/s.exec(condition) ?? [];
    const sign = OPERATORS[operator];
    if (operator === "in") values.push(listOf(value));
    else if (sign !== undefined) values.push(value);
    else throw Object.assign(new Error(`"failed to parse filter (${condition})"`), { code: "PGRST100" });
    return [`${id(column)} ${sign ?? "= ANY"} ${sign === undefined ? `($${values.length})` : `$${values.length}`}`];
  });
  return { where: conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`, values };
}

/** Of `(a,"b,c")` the two values. */
export function listOf(value: string): readonly string[] {
  const found = value.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g);
  return Array.from(found, ([, quoted, plain]) => quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
}
