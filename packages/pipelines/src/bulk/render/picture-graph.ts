import type { Template } from "../template/template.ts";

type Images = NonNullable<Template["images"]>;
type Video = Template["video"];

/** How much larger a moving picture is than what is seen of it. */
const ZOOM = 1.2;
/** zoompan moves by whole pixels of its input: a larger one makes a smooth motion. */
const OVERSIZE = 2;

/**
 * The filters that make a part of the video out of one picture.
 *
 * @param input its label, such as `[1:v]`
 * @param label what comes out, such as `p1`
 */
export function pictureGraph(video: Video, { fit, motion }: Images, input: string, label: string, sec: number): string {
  const { width, height, frame_rate } = video;
  const frames = Math.max(1, Math.round(sec * frame_rate));
  const isMoving = motion !== "none";
  const [w, h] = isMoving ? [width * OVERSIZE, height * OVERSIZE] : [width, height];
  const edge = fit === "cover" ? "increase" : "decrease";
  const scaled = `${input}scale=${w}:${h}:force_original_aspect_ratio=${edge},setsar=1,format=gbrap[${label}i]`;
  // What a picture does not cover, also where it lets through, is the background.
  const ground = `color=c=${colourOf(video.background)}:s=${w}x${h}:r=${frame_rate},trim=end_frame=1,format=gbrp[${label}b]`;
  const laid = `[${label}b][${label}i]overlay=(W-w)/2:(H-h)/2:format=gbrp`;
  const moved = isMoving ? motionFilter(motion, frames, video) : `loop=loop=${frames}:size=1`;
  return `${scaled};${ground};${laid},${moved},setsar=1,setpts=N/(${frame_rate}*TB),trim=end_frame=${frames},fps=${frame_rate},format=gbrp[${label}]`;
}

function motionFilter(motion: Exclude<Images["motion"], "none">, frames: number, video: Video): string {
  const way = frames > 1 ? `on/${frames - 1}` : "0";
  const centre = "x='(iw-iw/zoom)/2'";
  const across = {
    zoom_in: `z='1+${ZOOM - 1}*${way}':${centre}`,
    zoom_out: `z='${ZOOM}-${ZOOM - 1}*${way}':${centre}`,
    pan_right: `z=${ZOOM}:x='(iw-iw/zoom)*${way}'`,
    pan_left: `z=${ZOOM}:x='(iw-iw/zoom)*(1-${way})'`,
  }[motion];
  return `zoompan=${across}:y='(ih-ih/zoom)/2':d=${frames}:s=${video.width}x${video.height}:fps=${video.frame_rate}`;
}

/** `0x1a2b3c`, of `#1a2b3c`. */
export function colourOf(colour: string): string {
  return `0x${colour.slice(1)}`;
}
