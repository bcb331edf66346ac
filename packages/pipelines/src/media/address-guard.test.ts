import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ADDRESS_REFUSED, createAddressGuard } from "./address-guard.ts";

const closed = createAddressGuard(false);
const open = createAddressGuard(true);

test.each([
  ...[
    "http://169.254.169.254/latest",
    "http://[fe80::1]/",
    "http://0.0.0.0:8765/",
    "http://[::]/",
    "http://224.0.0.1/",
  ],
  ...[
    "http://100.100.100.200/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://2852039166/",
  ],
  ...["http://[2002:a9fe:a9fe::1]/", "http://0251.0376.0251.0376/"],
])("%s is never called", (url) => {
  expect([closed, open].map((guard) => guard.mayCall(new URL(url)))).toEqual([false, false]);
});

test.each([
  ...["http://127.0.0.1:9000/", "http://127.1/", "http://10.0.0.1/", "http://172.31.255.255/", "http://192.168.1.1/"],
  ...["http://[::1]/", "http://[fd12:3456::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::10.0.0.1]/"],
])("%s is called only where that is allowed", (url) => {
  expect([closed, open].map((guard) => guard.mayCall(new URL(url)))).toEqual([false, true]);
});

test.each(["https://93.184.215.14/x", "http://172.32.0.1/", "http://[2606:2800:21f::1]/", "http://name.example/"])(
  "%s may be called, as far as it is written",
  (url) => expect(closed.mayCall(new URL(url))).toBe(true),
);

test("the addresses of a name are looked at, all of them, and handed over as they were", async () => {
  const guardOf = (...addresses: string[]) =>
    createAddressGuard(false, async () => addresses.map((address) => ({ address, family: 4 })));
  const ask = (guard: ReturnType<typeof guardOf>) => promisify(guard.lookup)("voice.example", { all: true });
  expect(await ask(guardOf("93.184.215.14"))).toEqual([{ address: "93.184.215.14", family: 4 }]);
  for (const bad of [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], []])
    await expect(ask(guardOf(...bad))).rejects.toMatchObject({ code: ADDRESS_REFUSED });
});
