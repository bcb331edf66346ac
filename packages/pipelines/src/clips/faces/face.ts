/** An upright box, in pixels of the source as styles get it, from its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A face that was found in a picture. */
export interface Face extends Box {
  /** How sure the detector is, 0..1. */
  readonly confidence: number;
}

/** What one look at a scene has found. */
export interface Look {
  /** Counted from where the scene begins. */
  readonly timeSec: number;
  readonly faces: readonly Face[];
}

/** A piece of a scene that one camera has filmed; the shots of a scene follow each other without a gap. */
export interface Shot {
  readonly startSec: number;
  readonly endSec: number;
}

/** What was found in a scene. */
export interface SceneFaces {
  readonly shots: readonly Shot[];
  /** In order of time. */
  readonly looks: readonly Look[];
}

export const centerX = ({ x, width }: Box) => x + width / 2;
export const centerY = ({ y, height }: Box) => y + height / 2;

/** The smallest box around all. */
export function boxAround([first, ...rest]: readonly [Box, ...Box[]]): Box {
  return rest.reduce<Box>((all, { x, y, width, height }) => {
    const [left, top] = [Math.min(all.x, x), Math.min(all.y, y)];
    const right = Math.max(all.x + all.width, x + width);
    const bottom = Math.max(all.y + all.height, y + height);
    return { x: left, y: top, width: right - left, height: bottom - top };
  }, first);
}
