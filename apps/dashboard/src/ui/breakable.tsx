import { Fragment } from "react";

/** A name that may go over several lines: it breaks behind its slashes first, and within a word only where it has to. */
export function Breakable({ text }: { readonly text: string }) {
  return text.split("/").map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text that does not change
    <Fragment key={at}>
      {at > 0 && (
        <>
          /<wbr />
        </>
      )}
      {part}
    </Fragment>
  ));
}
