import { Link } from "wouter";
import { useScrollStrip } from "./scroll-strip.ts";

export interface PartLinksProps {
  /** Whose parts they are. */
  readonly label: string;
  readonly parts: readonly { readonly href: string; readonly name: string }[];
  /** Whether one is at a part, or in it. */
  readonly isAt: (href: string) => boolean;
}

/** The way to the parts of a page that has several. */
export function PartLinks({ label, parts, isAt }: PartLinksProps) {
  const strip = useScrollStrip(parts.find(({ href }) => isAt(href))?.href ?? "");
  return (
    <nav ref={strip} aria-label={label} className="scroll-strip mt-4 flex gap-1 overflow-x-auto border-b border-line">
      {parts.map(({ href, name }) => (
        <Link
          key={href}
          href={href}
          aria-current={isAt(href) ? "page" : undefined}
          className="relative flex h-9 shrink-0 items-center rounded-sm px-2.5 text-13 text-soft outline-offset-[-2px] transition-colors duration-150 after:absolute after:inset-x-2.5 after:bottom-0 after:h-px hover:text-ink aria-[current]:text-ink aria-[current]:after:bg-ink"
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
