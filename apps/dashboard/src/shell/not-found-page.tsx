import { Link } from "wouter";
import { Page } from "../ui/page.tsx";

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page title="Not found" heading="There is no such page">
      <p className="mt-2 text-soft">
        Go to the{" "}
        <Link href="/" className="text-ink underline">
          overview
        </Link>{" "}
        or to{" "}
        <Link href="/jobs" className="text-ink underline">
          all jobs
        </Link>
        .
      </p>
    </Page>
  );
}
