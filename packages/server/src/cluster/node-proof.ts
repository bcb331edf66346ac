import { hkdfSync, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The header by which nodes of a cluster know one another. */
export const NODE_HEADER = "x-playhead-node";

const LENGTH_BYTES = 32;

/** What shows that a request comes from a node of the same cluster; made of the secret that all of them have. */
export function createNodeProof(secret: string) {
  const value = Buffer.from(hkdfSync("sha256", secret, "", "playhead node", LENGTH_BYTES)).toString("base64url");
  const expected = Buffer.from(value);
  return {
    /** For the header of a request to another node. */
    value,
    isIn(headers: IncomingHttpHeaders): boolean {
      const shown = headers[NODE_HEADER];
      const given = Buffer.from(typeof shown === "string" ? shown : "");
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

export type NodeProof = ReturnType<typeof createNodeProof>;
