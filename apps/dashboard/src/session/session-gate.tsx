import { PlayheadError } from "@playhead/core";
import { useConnection } from "@playhead/react";
import { type ReactNode, useEffect, useState } from "react";
import { client } from "../client.ts";
import { needsSignIn } from "../shell/connection-words.ts";
import { noteServerZone } from "../ui/time-zone.ts";
import { SignInPage } from "./sign-in-page.tsx";

/** Why one is asked to sign in: there is no session, or the one there was is over. */
type SignedOut = "none" | "ended";

/** Shows the pages to whoever is signed in, and to everyone else the way in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const connection = useConnection();
  const [signedOut, setSignedOut] = useState<SignedOut | null>(null);
  useEffect(() => {
    // The pages begin meanwhile: mostly the answer is yes. When there is none, the connection says so itself.
    if (signedOut !== null) return;
    client.api.session().then(
      ({ time_zone }) => noteServerZone(time_zone),
      (error) => {
        if (error instanceof PlayheadError && error.code === "unauthorized") setSignedOut("none");
      },
    );
  }, [signedOut]);
  // Kept, since without pages the connection goes idle, and no longer says that it was refused.
  const refused = needsSignIn(connection);
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
