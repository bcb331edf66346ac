import { useConnection } from "@playhead/react";
import { Icon } from "../ui/icons.tsx";
import { signOut } from "./sign-out.ts";

/** Ends the session of this browser; shown to whoever has one. */
export function SignOutButton() {
  const { status } = useConnection();
  if (status === "refused" || status === "idle") return null;
  return (
    <button
      type="button"
      onClick={signOut}
      aria-label="Sign out"
      title="Sign out"
      className="flex size-8 items-center justify-center rounded-md text-soft transition-colors duration-150 hover:bg-raised hover:text-ink"
    >
      <Icon name="sign_out" />
    </button>
  );
}
