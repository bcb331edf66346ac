import { formatSize } from "@playhead/client/format";
import { type DragEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { describeError } from "../../ui/error-text.ts";
import { Icon } from "../../ui/icons.tsx";
import { newJobApi } from "./new-job-api.ts";
import { createSending, type Sent } from "./sending.ts";

export interface UploadFieldProps {
  readonly label: string;
  readonly note: string | undefined;
  readonly fault: string | undefined;
  /** Whether several files may be given. */
  readonly isMany: boolean;
  /** Names of what is there by now, in order: `upload:ID`. */
  readonly onChange: (names: readonly string[]) => void;
  /** Whether something is on its way. */
  readonly onBusy: (isBusy: boolean) => void;
}

/** Takes files, by choosing or by dropping them, sends them at once, and tells how far that is. */
export function UploadField({ label, note, fault, isMany, onChange, onBusy }: UploadFieldProps) {
  const id = useId();
  const [files, setFiles] = useState<readonly Sent[]>([]);
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const told = useRef({ onChange, onBusy });
  told.current = { onChange, onBusy };
  const [sending] = useState(() => createSending(newJobApi, setFiles));
  useEffect(() => sending.cancelAll, [sending]);
  useEffect(() => {
    told.current.onChange(files.flatMap(({ uploadId }) => (uploadId === null ? [] : [`upload:${uploadId}`])));
    told.current.onBusy(files.some(({ uploadId, error }) => uploadId === null && error === null));
  }, [files]);

  const take = (list: FileList | null) => {
    const chosen = [...(list ?? [])];
    if (chosen.length > 0) sending.add(isMany ? chosen : chosen.slice(0, 1), isMany);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  };
  const described = [`${id}-note`, fault !== undefined && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-12 text-soft">
        {label}
      </label>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is there for all */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        className={`rounded-md border border-dashed p-4 transition-colors duration-150 ${isOver ? "border-ink bg-raised" : fault === undefined ? "border-edge" : "border-failed"}`}
      >
        {files.length > 0 && (
          <ul aria-label={`${label}: files`} className="mb-3 space-y-2">
            {files.map((file) => (
              <SentFile key={file.key} file={file} onRemove={() => sending.remove(file.key)} />
            ))}
          </ul>
        )}
        <input
          ref={input}
          id={id}
          type="file"
          multiple={isMany}
          aria-invalid={fault === undefined ? undefined : true}
          aria-describedby={described}
          onChange={({ target }) => {
            take(target.files);
            // The same file may be chosen again.
            target.value = "";
          }}
          className="block w-full text-13 text-transparent file:mr-3 file:h-8 file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line file:bg-surface file:px-3 file:text-13 file:font-medium file:text-ink hover:file:border-edge"
        />
        <p id={`${id}-note`} className="mt-2 text-12 text-faint">
          {note === undefined ? "" : `${note}. `}
          {isMany ? "Or drop files here." : "Or drop a file here."}
        </p>
      </div>
      {fault !== undefined && (
        <p id={`${id}-fault`} className="mt-1 text-12 text-failed wrap-anywhere">
          {fault}
        </p>
      )}
    </div>
  );
}

function SentFile({ file, onRemove }: { readonly file: Sent; readonly onRemove: () => void }) {
  const { name, sizeBytes, fraction, uploadId, error } = file;
  const percent = Math.floor(fraction * 100);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 text-13">
      {uploadId !== null && <Icon name="check" className="text-completed" />}
      <span className="min-w-0 wrap-anywhere">{name}</span>
      <span className="font-mono text-12 text-faint">{formatSize(sizeBytes)}</span>
      {uploadId === null && error === null && (
        <progress max={100} value={percent} aria-label={`Uploading ${name}`} className="upload-bar">
          {percent} %
        </progress>
      )}
      <span role="status" className={error === null ? "text-12 text-soft" : "text-12 text-failed wrap-anywhere"}>
        {statusWords(file)}
      </span>
      <span className="ml-auto">
        <Button
          look="plain"
          icon="cancel"
          label={`${uploadId === null && error === null ? "Cancel" : "Remove"} ${name}`}
          onClick={onRemove}
        >
          {uploadId === null && error === null ? "Cancel" : "Remove"}
        </Button>
      </span>
    </li>
  );
}

/** Said when it changes; how far it is says the bar. */
function statusWords({ uploadId, error }: Sent): string {
  if (error !== null) return describeError(error).message;
  return uploadId === null ? "Uploading" : "Uploaded";
}
