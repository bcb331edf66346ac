// Progress in your own product: your page, your sign-in, Playhead's bar.
// run it: npx playhead demo in one terminal, and in another one, with the job and the key that it shows:
//         node --conditions=playhead-src examples/03-in-your-product/main.ts http://127.0.0.1:8765 KEY JOB
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { mintToken } from "./mint-token.ts";
import { createProduct } from "./product.ts";

const [, , playhead = "http://127.0.0.1:8765", key = "", job = ""] = process.argv;

const product = await createProduct({
  playhead,
  // Whoever signed in as Ada may see her video.
  jobs: new Map([["ada", job]]),
  mint: (jobId) => mintToken(playhead, key, jobId),
});
product.listen(0, "127.0.0.1");
await once(product, "listening");
const { port } = product.address() as AddressInfo;
console.log(`http://127.0.0.1:${port}/ for who has the cookie session=ada`);
