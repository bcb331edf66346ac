/** Our sign: two tracks and the playhead, which is lit while what the page shows is now. */
export function PlayheadSign({ live }: { readonly live: boolean }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="size-5">
      <path d="M1 7.5h18M1 14.5h18" stroke="var(--color-line)" strokeWidth="3" />
      <path d="M1 7.5h8M1 14.5h5" stroke="var(--color-processing)" strokeWidth="3" opacity={live ? 1 : 0.5} />
      <path
        d="M5.75 1h6.5v3.5L9 7.75 5.75 4.5zM9 7v12"
        fill={live ? "var(--color-now)" : "var(--color-page)"}
        stroke={live ? "var(--color-now)" : "var(--color-faint)"}
        strokeWidth="1.25"
        className="transition-colors duration-200"
      />
    </svg>
  );
}
