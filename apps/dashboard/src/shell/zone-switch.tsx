import { chooseZone, useTimeZone, zoneLabel } from "../ui/time-zone.ts";

/** Says in which zone times are told, and changes to the server's, or back. */
export function ZoneSwitch({ className = "" }: { readonly className?: string }) {
  const { choice, timeZone, other } = useTimeZone();
  const label = zoneLabel(timeZone, Date.now());
  const whose = choice === "viewer" ? "your zone" : "the server's zone";
  const looks = `rounded-md px-2 text-13 leading-8 whitespace-nowrap ${className}`;
  if (other === null) {
    return (
      <span title={`Times are in ${timeZone}, ${whose}`} className={`${looks} text-faint`}>
        <span className="sr-only">Times in </span>
        {label}
      </span>
    );
  }
  const next = choice === "viewer" ? "server" : "viewer";
  const said = `Times are in ${timeZone}, ${whose}. Change to ${other}, ${next === "server" ? "the server's" : "yours"}`;
  return (
    <button
      type="button"
      onClick={() => chooseZone(next)}
      title={said}
      className={`${looks} text-soft transition-colors duration-150 hover:bg-raised hover:text-ink`}
    >
      <span className="sr-only">{said}</span>
      <span aria-hidden="true">{label}</span>
    </button>
  );
}
