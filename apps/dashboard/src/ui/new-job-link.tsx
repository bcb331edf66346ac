import { Link } from "wouter";

/** Leads to where a job is submitted. */
export function NewJobLink() {
  return (
    <Link
      href="/new"
      className="inline-flex h-8 items-center rounded-md border border-line bg-surface px-3 text-13 font-medium whitespace-nowrap transition-colors duration-150 hover:border-edge"
    >
      New job
    </Link>
  );
}
