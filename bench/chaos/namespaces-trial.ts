// What the test of namespaces.ts runs: in namespaces of its own it tries what each way to break a line does to TCP, and says
// what it found, as JSON on stdout.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { openNamespaces } from "./namespaces.ts";
import type { Line } from "./network.ts";
import { endWithStarter, runApart } from "./own-namespaces.ts";

/** What is sent again by TCP comes within this time; what does not come is lost. */
const SILENCE_MS = 500;
const [, script = "", role = "start", ...args] = process.argv;

if (role === "start") {
  process.exitCode = await runApart(script, args, true);
} else if (role === "echo") {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(Number(args[1]), args[0], () => console.log("listening"));
} else if (role === "leave") {
  endWithStarter();
  const network = await openNamespaces(() => undefined);
  const { spawn: spawnThere } = await network.place("redis");
  spawnThere("sleep", ["987654"], { stdio: "ignore" });
  console.log("there");
} else {
  endWithStarter();
  console.log(JSON.stringify(await tryAll()));
  process.exit(0);
}

async function tryAll() {
  const network = await openNamespaces(() => undefined);
  const [far, near] = [await network.place("postgres"), await network.place("node-0")];
  const port = await far.freePort();
  const echo = far.spawn(process.execPath, [...process.execArgv, script, "echo", far.host, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(createInterface({ input: echo.stdout }), "line");
  const fromHere = await network.line("clients", "postgres", port);
  const fromNode = await network.line("node-0", "postgres", port);

  /** What becomes of an open connection and of a new one while a line is broken, and of the open one after. */
  async function whileBroken(line: Line, how: "cut" | "freeze" | "mute") {
    const open = await dial(line);
    const before = await answerTo(open, "before");
    await line[how]();
    const meanwhile = await answerTo(open, "meanwhile");
    const fresh = await dial(line).catch((error: NodeJS.ErrnoException) => error.code ?? error.message);
    await line.mend();
    const after = await once(open, "data").then(String);
    open.destroy();
    return { before, meanwhile, fresh: typeof fresh === "string" ? fresh : "connected", after };
  }
  /** Asks from the node whether there is a way to the other one. */
  async function reachesFromNode(): Promise<boolean> {
    const probe = `require("node:net").connect(${port}, "${far.host}").on("connect", () => process.exit(0))`;
    const child = near.spawn("timeout", ["1.5", process.execPath, "--eval", probe], { stdio: "ignore" });
    const [code] = await once(child, "close");
    return code === 0;
  }

  const results = {
    cut: await whileBroken(fromHere, "cut"),
    frozen: await whileBroken(fromHere, "freeze"),
    muted: await whileBroken(fromHere, "mute"),
    ofOthers: [] as boolean[],
    unplugged: null as unknown,
  };
  await fromHere.freeze();
  results.ofOthers.push(await reachesFromNode());
  await fromHere.mend();
  await fromNode.freeze();
  results.ofOthers.push(await reachesFromNode());
  const open = await dial(fromHere);
  await fromNode.mend();
  await network.unplug("postgres");
  const meanwhile = await answerTo(open, "meanwhile");
  await network.plugIn("postgres");
  results.unplugged = { meanwhile, after: String((await once(open, "data"))[0]) };
  return results;
}

async function dial({ address }: Line): Promise<Socket> {
  const { hostname, port } = new URL(`http://${address}`);
  const socket = connect(Number(port), hostname);
  const timer = setTimeout(() => socket.destroy(new Error("silence")), SILENCE_MS);
  await once(socket, "connect").finally(() => clearTimeout(timer));
  return socket.on("error", () => undefined);
}

/** What is said, as it comes back; null when nothing does, "closed" when the connection is. */
async function answerTo(socket: Socket, words: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => resolve(null), SILENCE_MS);
  const onData = (data: Buffer) => resolve(String(data));
  const onClose = () => resolve("closed");
  socket.once("data", onData).once("close", onClose).write(words);
  const answer = await promise;
  clearTimeout(timer);
  socket.off("data", onData).off("close", onClose);
  return answer;
}
