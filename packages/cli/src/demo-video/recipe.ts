import type { FfmpegTask, GeneratedInput } from "@playhead/ffmpeg";

/** One scene of the demo video: where its pictures come from, and what is done to them. */
interface DemoScene {
  readonly title: string;
  /** `lavfi` sources, `[0]`, `[1]` … in `filter`. */
  readonly sources: readonly string[];
  readonly filter: string;
}

const SCENE_SEC = 10;
/** Drawn small and enlarged, so that a minute of it is made in seconds. */
const LARGE = "scale=1280:720:flags=bilinear";
const BLOCKY = "scale=1280:720:flags=neighbor";

const HARMONY_LEFT = "0.5*sin(2*PI*110.15*t)*(0.6+0.4*sin(2*PI*0.23*t))+0.35*sin(2*PI*220*t+2*sin(2*PI*0.31*t))";
const HARMONY_RIGHT = "0.5*sin(2*PI*165*t+sin(2*PI*0.17*t))*(0.6+0.4*cos(2*PI*0.29*t))+0.35*cos(2*PI*220*t)";

const SCENES: readonly DemoScene[] = [
  {
    title: "Aurora",
    sources: [
      "gradients=s=320x180:r=25:n=4:c0=#0b1d3a:c1=#1b7f79:c2=#f25f5c:c3=#3a1e5c:x0=0:y0=0:x1=320:y1=180:speed=0.015:seed=4",
    ],
    filter: `[0]vignette=PI/5,format=yuv420p,${LARGE}`,
  },
  {
    title: "Seahorse valley",
    sources: [
      "mandelbrot=s=640x360:r=25:maxiter=200:start_x=-0.7436:start_y=0.1319:start_scale=0.4:end_scale=0.002:end_pts=250:inner=black",
    ],
    filter: `[0]format=yuv420p,hue=h=215,gblur=1.2,${LARGE}`,
  },
  {
    title: "Life",
    sources: [
      "life=s=128x72:r=12.5:mold=12:ratio=0.28:seed=21:death_color=#7a1f5c:life_color=#ffd166:mold_color=#0a1128",
    ],
    filter: `[0]format=gbrp,fps=25,scale=640:360:flags=neighbor,split[cells][light];[light]gblur=8,format=gbrp[glow];[cells][glow]blend=all_mode=screen,format=gbrp,${LARGE}`,
  },
  {
    title: "Weave",
    sources: [
      "cellauto=s=80x45:r=12.5:rule=110:seed=5:ratio=0.4:scroll=1",
      "gradients=s=320x180:r=25:n=3:c0=#06d6a0:c1=#118ab2:c2=#8338ec:x0=0:y0=0:x1=320:y1=0:speed=0.02:seed=9",
    ],
    filter: `[0]format=gbrp,fps=25,scale=320:180:flags=neighbor[threads];[1]format=gbrp[dye];[threads][dye]blend=all_mode=multiply,format=gbrp,${BLOCKY}`,
  },
  {
    title: "Harmony",
    sources: [`aevalsrc=exprs='${HARMONY_LEFT}|${HARMONY_RIGHT}':s=22050`],
    filter: `[0]avectorscope=s=640x360:r=25:zoom=1.6:draw=line:scale=lin:rc=30:gc=200:bc=255:rf=12:gf=6:bf=3:mode=lissajous_xy,format=yuv420p,gblur=0.6,${LARGE}`,
  },
  {
    title: "Colour wheel",
    sources: [
      "gradients=s=320x180:r=25:n=6:c0=#ffbe0b:c1=#fb5607:c2=#ff006e:c3=#8338ec:c4=#3a86ff:c5=#ffbe0b:type=spiral:x0=160:y0=90:x1=320:y1=180:speed=0.03:seed=2",
    ],
    filter: `[0]vignette=PI/4,format=yuv420p,${LARGE}`,
  },
];

/** How long the demo video is, in seconds. */
export const DEMO_DURATION_SEC = SCENES.length * SCENE_SEC;

/** A plucked note four times a second over a chord; each scene moves both to another key. */
const SOUND = [
  "st(1,mod(t,0.25))",
  "st(2,floor(t*4))",
  `st(4,exp(0.0577623*mod(floor(t/${SCENE_SEC})*5,12)))`,
  "st(3,220*ld(4)*exp(0.0577623*(mod(ld(2)*7,5)*2+gt(mod(ld(2)*7,5),2))))",
  [
    "0.16*(1-exp(-300*ld(1)))*exp(-7*ld(1))*sin(2*PI*ld(3)*ld(1))",
    "0.07*sin(2*PI*110*ld(4)*t)*(0.7+0.3*sin(2*PI*0.4*t))",
    "0.05*sin(2*PI*165*ld(4)*t)",
  ].join("+"),
].join(";");

/** What ffmpeg has to do for the demo video: a minute of 1280×720, six scenes with clear cuts, with sound. Pure. */
export function demoVideoTask(path: string): FfmpegTask {
  const inputs: GeneratedInput[] = [];
  const graph: string[] = [];
  const add = (source: string, durationSec: number) =>
    inputs.push({ kind: "generated", graph: source, durationSec }) - 1;

  for (const [index, { sources, filter }] of SCENES.entries()) {
    const numbers = sources.map((source) => add(source, SCENE_SEC));
    const own = filter
      .replaceAll(/\[(\d)\]/g, (_, local: string) => `[${numbers[Number(local)]}]`)
      .replaceAll(/\[([a-z]+)\]/g, (_, name: string) => `[${name}${index}]`);
    graph.push(`${own},format=yuv420p,setsar=1[scene${index}]`);
  }
  const sound = add(`aevalsrc=exprs='${SOUND}':s=44100:c=mono`, DEMO_DURATION_SEC);
  graph.push(`${SCENES.map((_, index) => `[scene${index}]`).join("")}concat=n=${SCENES.length}:v=1:a=0[video]`);
  graph.push(
    `[${sound}]aformat=channel_layouts=stereo,afade=t=in:d=0.5,afade=t=out:st=${DEMO_DURATION_SEC - 1}:d=1[sound]`,
  );
  return {
    inputs,
    filterGraph: graph.join(";"),
    maps: ["[video]", "[sound]"],
    video: { codec: "h264", preset: "ultrafast", quality: { kind: "crf", crf: 23 } },
    audio: { codec: "aac" },
    length: { kind: "fixed", durationSec: DEMO_DURATION_SEC },
    output: { kind: "file", path, format: "mp4" },
  };
}
