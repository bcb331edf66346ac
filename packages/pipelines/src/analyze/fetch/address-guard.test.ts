import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createAddressGuard } from "./address-guard.ts";

const closed = createAddressGuard({ allowPrivate: false });
const open = createAddressGuard({ allowPrivate: true });
const refusal = expect.objectContaining({ code: "source_refused" });

describe("addresses as they are written", () => {
  test.each([
    ...["http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://0.0.0.0/", "http://[::]/"],
    ...["http://224.0.0.1/", "http://[ff02::1]/", "http://100.100.100.200/", "http://168.63.129.16/"],
    ...["http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[::a9fe:a9fe]/"],
    ...["http://2852039166/", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://[2002:a9fe:a9fe::1]/"],
  ])("%s is never called", (url) => {
    expect(() => closed.read(url)).toThrow(refusal);
    expect(() => open.read(url)).toThrow(refusal);
  });
  test.each([
    ...["http://127.0.0.1:9000/", "http://127.1/", "http://2130706433/", "http://10.0.0.1/", "http://192.168.1.1/"],
    ...["http://[::1]/", "http://[fd12:3456::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::10.0.0.1]/"],
  ])("%s is called only where that is allowed", (url) => {
    expect(() => closed.read(url)).toThrow(refusal);
    expect(open.read(url).href).toBeTypeOf("string");
  });
  test.each(["https://93.184.215.14/a", "http://172.32.0.1/", "http://[2606:2800:21f::1]/"])(
    "%s may be called",
    (url) => expect(closed.read(url).href).toBeTypeOf("string"),
  );
  test.each(["", "feed", "ftp://example.com/", "file:///etc/passwd", "data:,x", "gopher://a/", "rtsp://a/"])(
    "%j is no address to fetch from",
    (url) => expect(() => open.read(url)).toThrow(refusal),
  );
  test("what is relative is so to where it stood", () => {
    expect(closed.read("/b", new URL("https://example.com/a")).href).toBe("https://example.com/b");
    expect(() => closed.read("//127.0.0.1/b", new URL("https://example.com/a"))).toThrow(refusal);
  });
});

describe("addresses that a name stands for", () => {
  const guardOf = (...addresses: string[]) => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    };
    return { guard: createAddressGuard({ allowPrivate: false, resolve }), asked: () => asked };
  };
  test("are handed to the connection as they were looked at: the name is asked once", async () => {
    const { guard, asked } = guardOf("93.184.215.14", "2606:2800:21f::1");
    expect(await promisify(guard.lookup)("cdn.example", { all: true })).toHaveLength(2);
    expect(asked()).toBe(1);
    expect(await promisify(guard.lookup)("cdn.example", {})).toBe("93.184.215.14");
  });
  test.each([[["127.0.0.1"]], [["93.184.215.14", "10.0.0.1"]], [["fe80::1%eth0"]], [["::ffff:10.0.0.1"]], [[]]])(
    "%j are refused, all for the one that is bad",
    async (addresses) => {
      await expect(promisify(guardOf(...addresses).guard.lookup)("cdn.example", { all: true })).rejects.toEqual(
        refusal,
      );
    },
  );
});
