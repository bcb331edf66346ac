// The page of your product: one video of the person who is signed in, and how far it is.
import { JobProgress, useJob } from "@playhead/react";
import { createRoot } from "react-dom/client";

/** From your own backend, which knows who asks. The access key of Playhead stays there. */
async function token(): Promise<string> {
  const answer = await fetch("/playhead-token");
  if (!answer.ok) throw new Error(`expected a token, got status ${answer.status}`);
  return answer.text();
}

function Product({ jobId, url }: { readonly jobId: string; readonly url: string }) {
  return (
    <main>
      <h1>Your video</h1>
      <JobProgress {...useJob(jobId, { url, token })} className="progress" />
    </main>
  );
}

const root = document.getElementById("root") as HTMLElement;
const { job = "", playhead = "" } = root.dataset;
createRoot(root).render(<Product jobId={job} url={playhead} />);
