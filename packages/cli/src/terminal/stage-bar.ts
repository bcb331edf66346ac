import { bar } from "./bar.ts";
import type { Console } from "./console.ts";
import { paint, span } from "./line.ts";

const BAR_COLUMNS = 30;

/** Shows how far a piece of work is that has stages: a bar in a terminal, elsewhere a line when a stage begins. */
export function createStageBar(console: Console): (stage: string, fraction: number) => void {
  let last = "";
  return (stage, fraction) => {
    if (console.mode === "live") {
      const percent = `${Math.floor(Math.min(1, fraction) * 100)} %`.padStart(6);
      const line = [...bar(fraction, BAR_COLUMNS, "working"), span(`${percent}  `), span(stage, "faint")];
      console.draw([paint(line, console.size().columns, console.colour)]);
    } else if (stage !== last) console.say(stage);
    last = stage;
  };
}
