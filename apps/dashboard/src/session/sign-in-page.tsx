import { type FormEvent, useId, useState } from "react";
import { client } from "../client.ts";
import { Button } from "../ui/button.tsx";
import { describeError } from "../ui/error-text.ts";
import { Page } from "../ui/page.tsx";
import { StateMark } from "../ui/state-mark.tsx";

export interface SignInPageProps {
  /** Whether there was a session that the server no longer takes. */
  readonly hasEnded: boolean;
  readonly onSignedIn: () => void;
}

/** Asks for the access key. */
export function SignInPage({ hasEnded, onSignedIn }: SignInPageProps) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [keyId, errorId] = [useId(), useId()];

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || key.trim() === "") return;
    setBusy(true);
    setError(null);
    try {
      await client.api.signIn(key.trim());
      onSignedIn();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  const fault = error === null ? null : describeError(error);
  return (
    <Page title="Sign in" heading={hasEnded ? "Sign in again" : "This page needs an access key"}>
      <p className="mt-2 max-w-[60ch] text-soft">
        {hasEnded && "The server no longer takes the session of this browser. This page comes back once you are in. "}
        When the server first started, it printed a link that signs you in. Open that link, or enter the key that stands
        in it after <code className="text-13">?key=</code>.
      </p>
      <form onSubmit={signIn} className="mt-6 max-w-md">
        <label htmlFor={keyId} className="text-13 text-soft">
          Access key
        </label>
        <div className="mt-1 flex gap-2">
          <input
            id={keyId}
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            value={key}
            aria-invalid={fault !== null}
            aria-describedby={fault === null ? undefined : errorId}
            onChange={(event) => setKey(event.target.value)}
            className="h-8 min-w-0 grow rounded-md border border-edge bg-sunken px-2 font-mono text-13"
          />
          <Button type="submit" busy={busy} disabledReason={key.trim() === "" ? "Enter the key first." : null}>
            Sign in
          </Button>
        </div>
        {fault !== null && (
          <p id={errorId} role="alert" className="mt-3 flex gap-2 text-13">
            <StateMark shape="failed" />
            <span>
              {fault.message} {fault.hint !== null && <span className="text-soft">{fault.hint}</span>}
            </span>
          </p>
        )}
      </form>
    </Page>
  );
}
