import { formatAge } from "@playhead/client/format";
import { type Command, Option } from "commander";
import { type AdminFlags, runningServer, withServer } from "../admin-command.ts";
import { askServer } from "../ask-server.ts";
import { type Line, span } from "../terminal/line.ts";
import { tableLines } from "../terminal/table.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

/** Keys are the affair of the server that checks them: it has them in memory, and writes down who did what. */
interface KeysFlags extends AdminFlags {
  readonly tenant?: string;
}

interface CreateFlags extends KeysFlags {
  readonly role: string;
}

/** A key as the server lists it. */
export interface ListedKey {
  readonly key_id: string;
  readonly name: string;
  readonly role: string;
  readonly tenant_id: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

const ROLES = ["admin", "operator", "worker", "viewer", "monitor"];
const PAGE = 200;
const HEADINGS = ["KEY", "ROLE", "TENANT", "CREATED", "LAST USED", "NAME"] as const;

/** `playhead keys`: the keys of a server, for its admins. */
export function addKeys(program: Command, bind: Bind): void {
  const keys = newCommand(program, "keys", {
    summary: "list, make and revoke API keys",
    description:
      "API keys of a running server. It needs the access key of the data folder, or a key of the role admin.",
    examples: [
      ["playhead keys create backend --role operator", "a key, shown this once"],
      ["playhead keys list", "who has one, and when it was used last"],
      ["playhead keys revoke key_0a1b2c3d4e5f6071", "it ends at once, with its sessions and tokens"],
    ],
  });
  withServer(
    newCommand(keys, "list", {
      summary: "list the keys",
      examples: [["playhead keys list --json | jq -r '.keys[].key_id'", "their ids, for a script"]],
    }),
  )
    .option("--tenant <name>", "only those of this tenant")
    .action(bind(list));
  withServer(
    newCommand(keys, "create <name>", {
      summary: "make a key, and show it once",
      examples: [
        ["playhead keys create render-farm --role worker", "for processes that report jobs"],
        ["playhead keys create acme --role admin --tenant acme", "the first key of another tenant"],
      ],
    }),
  )
    .addOption(new Option("--role <role>", "what it may do").choices(ROLES).makeOptionMandatory())
    .option("--tenant <name>", "whose it is (default: the tenant of the key that asks)")
    .action(bind(create));
  withServer(
    newCommand(keys, "revoke <key_id>", {
      summary: "end a key, with its sessions and tokens",
      examples: [["playhead keys revoke key_0a1b2c3d4e5f6071", "the id is in playhead keys list"]],
    }),
  ).action(bind(revoke));
}

const list: Run<[], KeysFlags> = async (options, context) => {
  const server = runningServer(options, context);
  const keys: ListedKey[] = [];
  let pageToken: unknown = null;
  do {
    const query = new URLSearchParams({ page_size: String(PAGE) });
    if (options.tenant !== undefined) query.set("tenant_id", options.tenant);
    if (typeof pageToken === "string") query.set("page_token", pageToken);
    const page = await askServer(server, "GET", `keys?${query}`);
    keys.push(...(page.keys as unknown as readonly ListedKey[]));
    pageToken = page.next_page_token;
  } while (typeof pageToken === "string");
  for (const line of keyLines(keys, context.nowMs())) context.console.say(line);
  context.console.emit({ type: "result", keys });
  return "ok";
};

const create: Run<[name: string], CreateFlags> = async (options, context, name) => {
  const { console } = context;
  const server = runningServer(options, context);
  const { role, tenant } = options;
  const body = { name, role, ...(tenant !== undefined && { tenant_id: tenant }) };
  const made = await askServer(server, "POST", "keys", body);
  console.say(String(made.key));
  console.say([span(`${made.key_id}, ${made.role} of ${made.tenant_id}. It is not shown again.`, "faint")]);
  console.emit({ type: "result", ...made });
  return "ok";
};

const revoke: Run<[keyId: string], KeysFlags> = async (options, context, keyId) => {
  await askServer(runningServer(options, context), "DELETE", `keys/${encodeURIComponent(keyId)}`);
  context.console.say(`${keyId} is revoked`);
  context.console.emit({ type: "result", key_id: keyId, revoked: true });
  return "ok";
};

/** Keys as a table, one a line. */
export function keyLines(keys: readonly ListedKey[], nowMs: number): readonly Line[] {
  if (keys.length === 0) return [[span("No keys but the access key. Make one: playhead keys create NAME --role ROLE")]];
  const age = (time: string) => formatAge(nowMs - Date.parse(time));
  const rows = keys.map(({ key_id, name, role, tenant_id, created_at, last_used_at }) => [
    key_id,
    role,
    tenant_id,
    age(created_at),
    last_used_at === null ? "never" : age(last_used_at),
    name,
  ]);
  return tableLines(HEADINGS, rows);
}
