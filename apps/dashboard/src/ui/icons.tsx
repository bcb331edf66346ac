/** The few signs on buttons, drawn on the same grid as the marks of states. */
const PATHS = {
  pause: "M5.5 4v8M10.5 4v8",
  resume: "m5.5 3.5 7 4.5-7 4.5z",
  play: "m6 4.5 5.5 3.5L6 11.5z",
  cancel: "m4.5 4.5 7 7m0-7-7 7",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  copy: "M6 6V3.5A1 1 0 0 1 7 2.5h5.5a1 1 0 0 1 1 1V9a1 1 0 0 1-1 1H10M3.5 6H9a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z",
  check: "m3 8.6 3.4 3.4L13 4.8",
  chevron: "m6 3.5 4.5 4.5L6 12.5",
  back: "M9.5 3.5 5 8l4.5 4.5",
  download: "M8 2.5v8m-3-3 3 3 3-3M3 13.5h10",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm3.4-1.1 3.1 3.1",
  sun: "M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 2v1m0 10v1M2 8h1m10 0h1M3.8 3.8l.7.7m7 7 .7.7m0-8.4-.7.7m-7 7-.7.7",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
  system: "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
  sign_out: "M6.5 3H4a1 1 0 0 0-1 1v8a1 1 0 0 0 1 1h2.5M10 5l3 3-3 3m3-3H6.5",
  share: "M8 10V2.5m-3 3 3-3 3 3M3.5 8.5v5h9v-5",
  follow: "M8 3v9m-4-4 4 4 4-4",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** A sign; what it means stands beside it, or in its button's name. */
export function Icon({ name, className = "" }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={`size-4 shrink-0 ${className}`}>
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
