import { PlayheadError } from "@playhead/core";
import { useConnection } from "@playhead/react";
import { type ReactNode, useEffect, useState } from "react";
import { client } from "../client.ts";
import { SignInPage } from "./sign-in-page.tsx";

/** Shows the pages to whoever is signed in, and to everyone else the way in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const connection = useConnection();
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => {
    // The pages begin meanwhile: mostly the answer is yes. When there is none, the connection says so itself.
    client.api.session().catch((error) => {
      if (error instanceof PlayheadError && error.code === "unauthorized") setSignedOut(true);
    });
  }, []);
  // Kept, since without pages the connection goes idle, and no longer says that it was refused.
  const refused = connection.status === "refused";
  useEffect(() => {
    if (refused) setSignedOut(true);
  }, [refused]);
  if (!signedOut) return children;
  return (
    <SignInPage
      onSignedIn={() => {
        client.retry();
        setSignedOut(false);
      }}
    />
  );
}
