import { CLOSE_CODES, PlayheadError } from "@playhead/core";
import { useConnection } from "@playhead/react";
import { type ReactNode, useEffect, useState } from "react";
import { client } from "../client.ts";
import { SignInPage } from "./sign-in-page.tsx";

/** Refusals that another credential answers; any other is the page's own fault, and told beside what it shows. */
const NEEDS_SIGN_IN: ReadonlySet<number> = new Set([CLOSE_CODES.bad_token, CLOSE_CODES.forbidden, CLOSE_CODES.revoked]);

/** Why one is asked to sign in: there is no session, or the one there was is over. */
type SignedOut = "none" | "ended";

/** Shows the pages to whoever is signed in, and to everyone else the way in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const connection = useConnection();
  const [signedOut, setSignedOut] = useState<SignedOut | null>(null);
  useEffect(() => {
    // The pages begin meanwhile: mostly the answer is yes. When there is none, the connection says so itself.
    client.api.session().catch((error) => {
      if (error instanceof PlayheadError && error.code === "unauthorized") setSignedOut("none");
    });
  }, []);
  // Kept, since without pages the connection goes idle, and no longer says that it was refused.
  const refused = connection.status === "refused" && NEEDS_SIGN_IN.has(connection.code);
  const wasIn = "lostAtMs" in connection && connection.lostAtMs !== null;
  useEffect(() => {
    if (refused) setSignedOut((before) => before ?? (wasIn ? "ended" : "none"));
  }, [refused, wasIn]);
  if (signedOut === null) return children;
  return (
    <SignInPage
      hasEnded={signedOut === "ended"}
      onSignedIn={() => {
        client.retry();
        setSignedOut(null);
      }}
    />
  );
}
