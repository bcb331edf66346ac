import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createAddressGuard, isAllowEntry } from "./address-guard.ts";

const words = { field: "callback_url", setting: "callback_private" };
const closed = createAddressGuard({ allowPrivate: false, words });
const open = createAddressGuard({ allowPrivate: true, words });

const NEVER = [
  "http://169.254.169.254/latest/meta-data/",
  "http://[fe80::1]/",
  "http://0.0.0.0:8765/",
  "http://[::]/",
  "http://224.0.0.1/",
  "http://[ff02::1]/",
  "http://255.255.255.255/",
  "http://100.100.100.200/",
  "http://168.63.129.16/",
  "http://[fd00:ec2::254]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[::a9fe:a9fe]/",
  "http://[2002:a9fe:a9fe::1]/",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://0251.0376.0251.0376/",
];
const PRIVATE = [
  "http://127.0.0.1:9000/",
  "http://127.1/",
  "http://2130706433/",
  "http://10.0.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://100.64.0.1/",
  "http://[::1]/",
  "http://[fd12:3456::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[64:ff9b::10.0.0.1]/",
];
const PUBLIC = [
  "https://93.184.215.14/hook?x=1",
  "http://172.32.0.1/",
  "http://[2606:2800:21f::1]/",
  "http://[::ffff:8.8.8.8]/",
];
const NO_ADDRESS = [
  "",
  "hook",
  "ftp://example.com/",
  "file:///etc/passwd",
  "http://user:secret@example.com/",
  "//example.com",
];

const refusal = expect.objectContaining({ code: "validation_error" });

describe("addresses as they are written", () => {
  test.each(NEVER)("%s is never called", (url) => {
    expect(() => closed.read(url)).toThrow(refusal);
    expect(() => open.read(url)).toThrow(refusal);
  });
  test.each(PRIVATE)("%s is called only where that is allowed", (url) => {
    expect(() => closed.read(url)).toThrow(refusal);
    expect(open.read(url).href).toBeTypeOf("string");
  });
  test.each(PUBLIC)("%s may be called", (url) => {
    expect(closed.read(url).href).toBeTypeOf("string");
  });
  test.each(NO_ADDRESS)("%j is no address of a callback", (url) => {
    expect(() => open.read(url)).toThrow(refusal);
  });
});

describe("addresses that a name stands for", () => {
  const guardOf = (...addresses: string[]) => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    };
    return { guard: createAddressGuard({ allowPrivate: false, words, resolve }), asked: () => asked };
  };
  const all = (guard: ReturnType<typeof createAddressGuard>) => promisify(guard.lookup)("hook.example", { all: true });

  test("are handed to the connection as they were looked at: the name is asked once", async () => {
    const { guard, asked } = guardOf("93.184.215.14", "2606:2800:21f::1");
    expect(await all(guard)).toEqual([
      { address: "93.184.215.14", family: 4 },
      { address: "2606:2800:21f::1", family: 6 },
    ]);
    expect(asked()).toBe(1);
    expect(await promisify(guard.lookup)("hook.example", {})).toBe("93.184.215.14");
  });

  test.each([[["127.0.0.1"]], [["93.184.215.14", "10.0.0.1"]], [["fe80::1%eth0"]], [["::ffff:10.0.0.1"]], [[]]])(
    "%j are refused, all for the one that is bad",
    async (addresses) => {
      await expect(all(guardOf(...addresses).guard)).rejects.toMatchObject({ detail: { refused: true } });
    },
  );

  test("a name that is not there is an error of the resolver's", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
    await expect(all(createAddressGuard({ allowPrivate: false, words, resolve }))).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
  });
});

describe("what is allowed beside", () => {
  const allow = ["10.1.0.0/16", "192.168.7.7", "fd12::/16", "Relay.internal"];
  const resolve = async () => [{ address: "10.9.9.9", family: 4 }];
  const guard = createAddressGuard({ allowPrivate: false, allow, words, resolve });

  test.each(["http://10.1.2.3/", "http://192.168.7.7/", "http://[fd12::1]/", "http://[::ffff:10.1.2.3]/"])(
    "%s is called",
    (url) => expect(guard.read(url).href).toBeTypeOf("string"),
  );
  test.each(["http://10.2.0.1/", "http://192.168.7.8/", "http://127.0.0.1/", "http://169.254.169.254/"])(
    "%s is not",
    (url) => expect(() => guard.read(url)).toThrow(refusal),
  );
  test("a name is, whatever private address it has; no other name that has the same", async () => {
    const lookup = promisify(guard.lookup);
    expect(await lookup("relay.INTERNAL", {})).toBe("10.9.9.9");
    await expect(lookup("other.internal", {})).rejects.toMatchObject({ detail: { refused: true } });
  });
  test("never what is never called", async () => {
    const metadata = async () => [{ address: "169.254.169.254", family: 4 }];
    const all = ["relay.internal", "169.254.0.0/16"];
    const open = createAddressGuard({ allowPrivate: true, allow: all, words, resolve: metadata });
    await expect(promisify(open.lookup)("relay.internal", {})).rejects.toMatchObject({ detail: { refused: true } });
  });
  test.each([...allow, "::1", "a", "localhost"])("%s may stand there", (entry) =>
    expect(isAllowEntry(entry)).toBe(true),
  );
  test.each([
    "",
    "10.0.0.0/33",
    "10.0.0.0/x",
    "fe80::1%eth0",
    "10.0.0",
    "http://a/",
    "a b",
    "*.internal",
    "-a",
    "::1/129",
  ])("%j may not", (entry) => expect(isAllowEntry(entry)).toBe(false));
});
