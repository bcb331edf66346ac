import { Fragment, type ReactNode } from "react";
import { useTimeZone } from "../ui/time-zone.ts";

/** Pages, begun anew when times are told in another zone: then not one of them is told in the one before. */
export function ZonedPages({ children }: { readonly children: ReactNode }) {
  const { timeZone } = useTimeZone();
  return <Fragment key={timeZone}>{children}</Fragment>;
}
