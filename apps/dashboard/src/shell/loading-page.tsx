import { Page } from "../ui/page.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** A page whose code is on its way. */
export function LoadingPage() {
  return (
    <Page title="Loading" heading={<span className="sr-only">Loading</span>}>
      <p className="sr-only" role="status">
        Loading the page
      </p>
      <Skeleton className="h-9 w-72 max-w-full" />
      <Skeleton className="mt-8 h-64 w-full" />
    </Page>
  );
}
