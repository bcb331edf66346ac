import type { PictureFormat } from "@playhead/ffmpeg";

/** What a video is put together of, as files that were looked at. */
export interface Parts {
  readonly pictures: readonly { readonly path: string; readonly format: PictureFormat }[];
  readonly narration: Sound | null;
  readonly music: Sound | null;
}

export interface Sound {
  readonly path: string;
  readonly durationSec: number;
}
