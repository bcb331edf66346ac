import { CopyCommand } from "../../ui/copy-command.tsx";
import { NewJobLink } from "../../ui/new-job-link.tsx";
import { Page } from "../../ui/page.tsx";

/** Before the first job: what to do. */
export function FirstJob() {
  return (
    <Page title="Overview" heading="Nothing has run here yet" actions={<NewJobLink />}>
      <p className="mt-2 max-w-[60ch] text-soft">
        Cut a video into clips, and watch it here. The page changes by itself when the job begins.
      </p>
      <div className="mt-6 max-w-2xl space-y-5">
        <div className="space-y-1.5">
          <h2 className="text-13 text-soft">A video of yours</h2>
          <CopyCommand command={`npx playhead clips video.mp4 --server ${location.origin}`} />
        </div>
        <div className="space-y-1.5">
          <h2 className="text-13 text-soft">Or your own code</h2>
          <CopyCommand command={`const playhead = await open({ url: "${location.origin}", apiKey });`} />
        </div>
      </div>
    </Page>
  );
}
