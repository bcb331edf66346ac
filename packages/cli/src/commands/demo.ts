import { dirname, join, parse, resolve } from "node:path";
import type { Command } from "commander";
import { runClipsJob } from "../clips-job.ts";
import { type ConfigFlags, readCommandConfig } from "../command-config.ts";
import { newDemoRun } from "../demo-video/demo-runs.ts";
import type { DemoVideoOptions } from "../demo-video/demo-video.ts";
import type { Ending } from "../exit-codes.ts";
import { untilAborted } from "../interrupts.ts";
import { reapAndSay, runsFolder } from "../reap.ts";
import { type Serving, sayServing, slowClose, startServing } from "../serving.ts";
import type { Console } from "../terminal/console.ts";
import { followOnServer } from "../view/job-source.ts";
import { renderTaskLine } from "../view/render-task-line.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

/** Four of the styles show what there is, and are done in about a minute. */
const DEMO_STYLES = ["original", "center_focus", "blur_background", "split"];

/** `playhead demo`, which is `npm start`: the whole of it on a real video, in one command. */
export function addDemo(program: Command, bind: Bind): void {
  newCommand(program, "demo [file]", {
    summary: "show everything at work on a video of its own, or on yours",
    description: [
      "Runs the server, prints a link to its page, and cuts a video into clips while you watch.",
      "Without a file it makes a video first, once. When the clips are done the page stays, until Ctrl-C.",
    ].join("\n"),
    examples: [
      ["playhead demo", "with a video that it makes"],
      ["playhead demo talk.mp4", "with yours"],
      ["playhead demo -- -odd-name.mp4", "a name that begins with a dash"],
    ],
  })
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port to listen on; 0 takes a free one (default: 8765)")
    .option("--data <folder>", "folder of the database, keys, logs and clips (default: playhead-data)")
    .option("--config <file>", "configuration file (default: playhead.config.json, where there is one)")
    .action(bind(demo));
}

const demo: Run<[file: string | undefined], ConfigFlags> = async (options, context, file) => {
  const { console, listen, nowMs } = context;
  const loaded = readCommandConfig(options, context);
  const { config } = loaded;
  const { signal } = listen();
  const serving = await startServing(loaded, { ...context, verbose: options.verbose === true });
  const { createLocalTransport, createPlayhead } = await import("@playhead/sdk");
  const playhead = createPlayhead({
    transport: createLocalTransport(serving.server.local),
    warn: console.complain,
    machine: { folder: config.data },
  });

  async function show(): Promise<Ending> {
    await reapAndSay(config.data, console);
    sayServing(serving, config, context);
    const registryDir = runsFolder(config.data);
    const ffmpegPath = config.ffmpeg_path;
    const video = { dataFolder: config.data, registryDir, ffmpegPath, signal };
    const input = file === undefined ? await makeVideo(video, console) : resolve(file);
    const outDir = file === undefined ? newDemoRun(config.data, nowMs()) : join(config.data, "clips", parse(file).name);
    serving.server.media.add(dirname(outDir));
    const ending = await runClipsJob({
      playhead,
      follow: (jobId) => followOnServer(serving.address, jobId),
      console,
      nowMs,
      signal,
      clips: {
        input,
        outDir,
        registryDir,
        urlOf: serving.server.media.urlOf,
        ...(file === undefined && { styles: DEMO_STYLES, title: "Demo" }),
        ...(ffmpegPath !== undefined && { ffmpegPath }),
      },
    });
    if (!signal.aborted) await keepServing(serving, signal, console);
    return ending;
  }

  let isClosed = false;
  let ending: Ending;
  try {
    ending = await show();
  } finally {
    await playhead.close();
    isClosed = await serving.close();
  }
  if (!isClosed) throw slowClose();
  return ending;
};

async function keepServing({ signInUrl }: Serving, signal: AbortSignal, console: Console): Promise<void> {
  console.say(`The page stays at ${signInUrl}`);
  console.say("Ctrl-C stops it.");
  await untilAborted(signal);
}

type VideoOptions = Omit<DemoVideoOptions, "onProgress">;

async function makeVideo(options: VideoOptions, console: Console): Promise<string> {
  const { ensureDemoVideo } = await import("../demo-video/demo-video.ts");
  let isNew = false;
  const path = await ensureDemoVideo({
    ...options,
    onProgress(fraction) {
      if (!isNew) console.say("Making the demo video; this is done once");
      isNew = true;
      console.draw([renderTaskLine(fraction, console)]);
    },
  });
  console.erase();
  if (isNew) console.emit({ type: "demo_video", path });
  return path;
}
