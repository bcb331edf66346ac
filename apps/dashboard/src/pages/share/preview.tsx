import { useEffect, useState } from "react";
import { StateMark } from "../../ui/state-mark.tsx";
import type { ShareLink } from "./share-link.ts";

export interface PreviewProps {
  readonly link: ShareLink;
  /** The picture's address, as the job has it; null where there is none. */
  readonly url: string | null;
}

/** The picture of something that is done, or its tick. A picture is asked for with the token, which no `src` can carry. */
export function Preview({ link, url }: PreviewProps) {
  const [picture, setPicture] = useState<string | null>(null);
  useEffect(() => {
    if (url === null) return;
    const ended = new AbortController();
    let made: string | null = null;
    loadPicture(link, url, ended.signal).then(
      (blob) => {
        if (blob === null || ended.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setPicture(made);
      },
      // It is an extra: without it, the tick says that it is done.
      () => {},
    );
    return () => {
      ended.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [link, url]);
  return (
    <span className="flex aspect-video w-full items-center justify-center overflow-hidden rounded-md border border-line bg-sunken">
      {picture === null ? (
        <StateMark shape="completed" className="size-5" />
      ) : (
        <img src={picture} alt="" className="size-full object-contain" />
      )}
    </span>
  );
}

/** The picture; null where the server has none to show. */
async function loadPicture({ jobId, token }: ShareLink, url: string, signal: AbortSignal): Promise<Blob | null> {
  const address = `/api/v1/jobs/${encodeURIComponent(jobId)}/preview?url=${encodeURIComponent(url)}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal });
  return answer.status === 200 ? answer.blob() : null;
}
