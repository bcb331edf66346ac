import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startServer } from "../../test/playhead-process.ts";

test("keys are made, listed and revoked beside a running server; the key is shown once", async () => {
  const data = join(oddFolder(), "data");
  const { url } = await startServer(data);
  const run = (...args: string[]) => playhead(["keys", ...args, "--data", data]);
  expect(await run("list")).toMatchObject({
    code: 0,
    stdout: [expect.stringMatching(/^No keys but the access key\./)],
  });

  const made = await run("create", "render farm", "--role", "worker", "--tenant", "acme");
  expect(made).toEqual({
    code: 0,
    stdout: [
      expect.stringMatching(/^ph_[0-9a-f]{16}_[\w-]{32}$/),
      expect.stringMatching(/^key_[0-9a-f]{16}, worker of acme\. It is not shown again\.$/),
    ],
    stderr: [],
  });
  const [key = "", about = ""] = made.stdout;
  const keyId = about.slice(0, about.indexOf(","));
  const ask = () => fetch(`${url}/api/v1/session`, { headers: { authorization: `Bearer ${key}` } });
  expect(await (await ask()).json()).toMatchObject({ role: "worker", tenant_id: "acme" });

  const table = await run("list");
  expect(table.stdout).toEqual([
    expect.stringMatching(/^KEY +ROLE +TENANT +CREATED +LAST USED +NAME$/),
    expect.stringMatching(new RegExp(`^${keyId} +worker +acme +.+ render farm$`)),
  ]);
  expect(table.stdout.join()).not.toContain(key);
  const listed = await run("list", "--tenant", "acme", "--json");
  expect(JSON.parse(listed.stdout.join())).toMatchObject({ type: "result", keys: [{ key_id: keyId, role: "worker" }] });
  expect(JSON.parse((await run("list", "--tenant", "globex", "--json")).stdout.join()).keys).toEqual([]);

  expect(await run("revoke", keyId)).toEqual({ code: 0, stdout: [`${keyId} is revoked`], stderr: [] });
  expect((await ask()).status).toBe(401);
});

test("what is wrong is one line, and a code that says so", async () => {
  const data = join(oddFolder(), "data");
  await startServer(data);
  const viewer = await playhead(["keys", "create", "v", "--role", "viewer", "--json", "--data", data]);
  const { key } = JSON.parse(viewer.stdout.join()) as { readonly key: string };
  const table = [
    { args: ["revoke", "key_none"], code: 4, line: "playhead: there is no key key_none." },
    { args: ["list", "--key", key], code: 2, line: "playhead: a key of the role viewer may not administer." },
    { args: ["list", "--key", "wrong"], code: 2, line: /does not take this key\. / },
    {
      args: ["create", "x", "--role", "owner"],
      code: 2,
      line: /argument 'owner' is invalid\. Allowed choices are admin, /,
    },
    { args: ["create", "x"], code: 2, line: /required option '--role <role>' not specified/ },
    { args: ["create", "x", "--role", "viewer", "--tenant", "a b"], code: 2, line: /tenant_id/ },
    {
      args: ["list", "--data", `${data}-none`],
      code: 4,
      line: /^playhead: no server runs on .* Start one with playhead serve/,
    },
    { args: ["list", "--server", "http://127.0.0.1:9", "--key", "k"], code: 4, line: /cannot be reached/ },
    { args: [], code: 2, line: /^playhead: expected a command\. See playhead keys --help\.$/ },
  ];
  for (const { args, code, line } of table) {
    const end = await playhead([
      "keys",
      ...args,
      ...(args.includes("--data") || args.length === 0 ? [] : ["--data", data]),
    ]);
    expect({ args, ...end }).toEqual({
      args,
      code,
      stdout: [],
      stderr: [typeof line === "string" ? line : expect.stringMatching(line)],
    });
  }
});
