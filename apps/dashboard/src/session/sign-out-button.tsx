import { useConnection } from "@playhead/react";
import { client } from "../client.ts";
import { Icon } from "../ui/icons.tsx";

/** Ends the session of this browser; shown to whoever has one. */
export function SignOutButton() {
  const { status } = useConnection();
  if (status === "refused" || status === "idle") return null;
  const signOut = async () => {
    await client.api.signOut().catch(() => {});
    // From scratch: nothing that was seen stays in memory.
    location.assign("/");
  };
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
