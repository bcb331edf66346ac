import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startServer } from "../../test/playhead-process.ts";

const RULE = {
  name: "A video failed",
  condition: 'events("video.failed") > 0',
  time_window: 60,
  level: "critical",
  group_by: ["job_id"],
  message: "a video of {{job_id}} failed",
};

/** A server with a rule, and a job that it is about. */
async function setup() {
  const data = join(oddFolder(), "data");
  const { url, signInUrl } = await startServer(data);
  const authorization = `Bearer ${new URL(signInUrl).searchParams.get("key")}`;
  const post = async (path: string, type: string, body: string) => {
    const headers = { authorization, "content-type": type };
    const answer = await fetch(`${url}/api/v1/${path}`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await post("alert-rules", "application/json", JSON.stringify(RULE));
  const records = [
    { n: 1, type: "job.created", data: { kind: "bulk", title: "Nightly" } },
    { n: 2, type: "job.state_changed", data: { new_state: "running" } },
    { n: 3, type: "video.created", data: { task_id: "v", id: "v", title: "Row 1" } },
    { n: 4, type: "video.failed", data: { task_id: "v", error_code: "disk_full", error_message: "full" } },
  ].map((record) => JSON.stringify({ source: "w", job_id: "j", ts: new Date().toISOString(), ...record }));
  await post("events", "application/x-ndjson", records.join("\n"));
  const run = (...args: string[]) => playhead(["alerts", ...args, "--data", data]);
  const found = async (...args: string[]) =>
    JSON.parse((await run(...args, "--json")).stdout.join()).alerts as { alert_id: string }[];
  return { data, run, found };
}

test("what fires is shown, acknowledged and silenced beside a running server", async () => {
  const { run, found } = await setup();
  const fires = () => found("list", "--level", "critical");
  await expect.poll(fires).toMatchObject([{ rule_name: RULE.name, job_id: "j" }]);
  const [alert] = await fires();
  const id = alert?.alert_id ?? "";
  expect((await run("--level", "critical")).stdout).toEqual([
    expect.stringMatching(/^ALERT +LEVEL +STATE +SINCE +RULE +MESSAGE$/),
    expect.stringMatching(new RegExp(`^${id} +critical +firing +.+ A video failed +a video of j failed$`)),
  ]);
  expect(await run("ack", id)).toEqual({ code: 0, stdout: ["A video failed is acknowledged"], stderr: [] });
  expect((await run("list", "--level", "critical")).stdout[1]).toMatch(/ acknowledged /);
  expect(await run("silence", RULE.name, "--for", "2h", "--reason", "being replaced")).toEqual({
    code: 0,
    stdout: ["A video failed is silenced for 2 h 00 m"],
    stderr: [],
  });
  expect(await found("--all", "--level", "critical")).toHaveLength(1);
  const rules = (await run("rules")).stdout;
  expect(rules[0]).toMatch(/^RULE +LEVEL +ON +NAME +CONDITION$/);
  expect(rules.find((line) => line.includes(RULE.name))).toMatch(
    / critical +on +A video failed +events\("video.failed"\) > 0$/,
  );
});

test("all channels are tried at once; where there is none it is said", async () => {
  const { data } = await setup();
  const tried = await playhead(["alerts", "test", "--level", "critical", "--data", data]);
  expect(tried).toEqual({ code: 0, stdout: ["There is no channel."], stderr: [] });
});

test("what is wrong is one line, and a code that says so", async () => {
  const { run, data } = await setup();
  const table = [
    { args: ["ack", "none"], code: 4, line: /^playhead: there is no alert none\.$/ },
    { args: ["test", "none"], code: 4, line: /none/ },
    { args: ["silence", "x"], code: 2, line: /required option '--reason <text>' not specified/ },
    { args: ["silence", "x", "--for", "long", "--reason", "y"], code: 2, line: /Expected a duration such as/ },
    { args: ["list", "--level", "loud"], code: 2, line: /Allowed choices are info, / },
  ];
  for (const { args, code, line } of table) {
    expect({ args, ...(await run(...args)) }).toEqual({
      args,
      code,
      stdout: [],
      stderr: [expect.stringMatching(line)],
    });
  }
  const { code, stderr } = await playhead(["alerts", "--data", `${data}-none`]);
  expect({ code, stderr }).toEqual({ code: 4, stderr: [expect.stringMatching(/^playhead: no server runs on /)] });
});
