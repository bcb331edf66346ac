import { Dialog } from "@base-ui/react/dialog";
import { formatDuration, formatSize } from "@playhead/client/format";
import { type Artifact, isFinalJobState, type Job, type Task } from "@playhead/core";
import { useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { nameOfTask, parentName } from "./track-words.ts";

/** Something that the job made, with what it is shown by. */
interface Result {
  readonly artifact: Artifact;
  readonly task: Task | null;
  readonly poster: string | null;
}

/** What the job has made so far: videos that play, and files to take. */
export function Results({ job }: { readonly job: Job }) {
  const [playing, setPlaying] = useState<Result | null>(null);
  const all = resultsOf(job);
  const videos = all.filter(({ artifact }) => isVideo(artifact));
  const files = all.filter(({ artifact }) => !isVideo(artifact));
  if (all.length === 0)
    return (
      <p className="py-6 text-soft">
        {isFinalJobState(job.state)
          ? "It told of no files: there is nothing to play or to take."
          : "Nothing has been made yet. Clips appear here as they are finished, and play."}
      </p>
    );
  return (
    <div className="space-y-6 pt-4">
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(9.5rem,100%),1fr))] gap-4">
        {videos.map((result) => (
          <VideoTile key={keyOf(result)} result={result} job={job} onPlay={() => setPlaying(result)} />
        ))}
      </ul>
      {files.length > 0 && (
        <ul className="border-t border-line">
          {files.map((result) => (
            <li key={keyOf(result)} className="flex h-8 items-center gap-3 border-b border-line text-13">
              <span className="min-w-0 truncate">{result.artifact.name}</span>
              <span className="text-faint">{result.artifact.type}</span>
              <Download artifact={result.artifact} />
            </li>
          ))}
        </ul>
      )}
      <Player result={playing} job={job} onClose={() => setPlaying(null)} />
    </div>
  );
}

/** How many things there are to look at. */
export function countResults(job: Job): number {
  return resultsOf(job).length;
}

function resultsOf(job: Job): readonly Result[] {
  const ofTasks = [...job.tasks.values()].flatMap((task) => {
    const poster = task.artifacts.find(({ type }) => type === "thumbnail")?.url ?? null;
    // A thumbnail is the face of its video, not a result beside it.
    const shown = task.artifacts.filter(({ type }) => type !== "thumbnail" || task.artifacts.length === 1);
    return shown.map((artifact): Result => ({ artifact, task, poster }));
  });
  return [...ofTasks, ...job.artifacts.map((artifact): Result => ({ artifact, task: null, poster: null }))];
}

const keyOf = ({ artifact, task }: Result) => `${task?.task_id} ${artifact.type} ${artifact.name}`;
const isVideo = ({ mime_type, type, url }: Artifact) =>
  url !== undefined && (mime_type?.startsWith("video/") ?? type === "video");

function VideoTile({
  result,
  job,
  onPlay,
}: {
  readonly result: Result;
  readonly job: Job;
  readonly onPlay: () => void;
}) {
  const { artifact, poster } = result;
  const { name, part } = wordsOf(result, job);
  const durationSec = artifact.metadata?.duration_sec;
  return (
    <li className="min-w-0">
      <button
        type="button"
        onClick={onPlay}
        className="group relative block aspect-video w-full overflow-hidden rounded-md border border-line bg-sunken"
      >
        <span className="sr-only">Play {part === null ? name : `${name}, ${part}`}</span>
        {poster !== null && <img src={poster} alt="" loading="lazy" className="size-full object-contain" />}
        <span className="absolute inset-0 flex items-center justify-center">
          <span className="flex size-9 items-center justify-center rounded-full bg-sunken/80 text-ink transition-transform duration-150 group-hover:scale-110">
            <Icon name="play" />
          </span>
        </span>
        {typeof durationSec === "number" && (
          <span className="absolute right-1 bottom-1 rounded-sm bg-sunken/80 px-1 font-mono text-12 text-ink">
            {formatDuration(durationSec * 1_000)}
          </span>
        )}
      </button>
      <div className="mt-1.5 flex items-start gap-2 text-13">
        <div className="min-w-0 grow">
          <p className="truncate">{name}</p>
          <p className="truncate text-12 text-faint">{part}</p>
        </div>
        <Download artifact={artifact} />
      </div>
    </li>
  );
}

/** Plays a video large, over the page. */
function Player({
  result,
  job,
  onClose,
}: {
  readonly result: Result | null;
  readonly job: Job;
  readonly onClose: () => void;
}) {
  return (
    <Dialog.Root open={result !== null} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-sunken/85 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-max max-w-[calc(100vw-2rem)] -translate-1/2 rounded-md border border-line bg-surface shadow-float">
          {result !== null && (
            <>
              <div className="flex items-center gap-3 py-2 pr-2 pl-4">
                <Dialog.Title className="min-w-0 truncate text-14 font-medium">
                  {wordsOf(result, job).name}
                </Dialog.Title>
                <span className="min-w-0 truncate text-13 text-faint">{wordsOf(result, job).part}</span>
                <Download artifact={result.artifact} />
                <Dialog.Close
                  aria-label="Close"
                  className="flex size-8 items-center justify-center rounded-md text-soft hover:bg-raised hover:text-ink"
                >
                  <Icon name="cancel" />
                </Dialog.Close>
              </div>
              {/* biome-ignore lint/a11y/useMediaCaption: what jobs make comes without captions */}
              <video
                controls
                autoPlay
                playsInline
                src={result.artifact.url}
                poster={result.poster ?? undefined}
                aria-label={wordsOf(result, job).name}
                className="max-h-[75vh] min-h-40 w-full min-w-64 rounded-b-md bg-black object-contain"
              />
            </>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What a result is called, and what it is part of. */
function wordsOf({ artifact, task }: Result, job: Job): { readonly name: string; readonly part: string | null } {
  return task === null ? { name: artifact.name, part: null } : { name: nameOfTask(task), part: parentName(job, task) };
}

function Download({ artifact }: { readonly artifact: Artifact }) {
  const size = artifact.size_bytes === undefined ? null : formatSize(artifact.size_bytes);
  if (artifact.url === undefined) {
    // Made by a worker whose files this server does not hand out.
    return <span className="ml-auto font-mono text-12 text-faint">{size}</span>;
  }
  return (
    <a
      href={artifact.url}
      download={artifact.name}
      className="ml-auto inline-flex shrink-0 items-center gap-1.5 rounded-sm font-mono text-12 text-soft hover:text-ink"
    >
      {size}
      <Icon name="download" />
      <span className="sr-only">Download {artifact.name}</span>
    </a>
  );
}
