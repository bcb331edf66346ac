import { type ReactNode, useId } from "react";

export interface SectionProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of a page under its own heading, set off by a line. */
export function Section({ title, aside, className = "", children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={className}>
      <div className="flex h-8 items-center justify-between gap-4 border-b border-line pb-2">
        <h2 id={id} className="text-13 font-medium text-soft">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
