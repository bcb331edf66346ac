import { createPlayheadClient } from "@playhead/client";

/** The one connection of this page, to the server that it came from. */
export const client = createPlayheadClient();
