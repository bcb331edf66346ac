import { client } from "../client.ts";
import { forgetRecent } from "../shell/palette/recent.ts";

/** Ends the session of this browser, and begins from scratch: nothing that was seen stays in memory. */
export async function signOut(): Promise<void> {
  forgetRecent();
  await client.api.signOut().catch(() => {});
  location.assign("/");
}
