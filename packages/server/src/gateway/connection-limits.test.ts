import { expect, test } from "vitest";
import { openSocket } from "../../test/socket.ts";
import { startTestGateway, VIEWER } from "../../test/start-gateway.ts";
import { createPlaces, type Place } from "./connection-limits.ts";

const enter = (places: ReturnType<typeof createPlaces>, address: string) => places.enter(address) as Place;

test("so many come in from an address, and another when one left; other addresses are not harmed", () => {
  const places = createPlaces({ total: 10, perTenant: 10, perAddress: 2 });
  const first = enter(places, "10.0.0.1");
  enter(places, "10.0.0.1");
  expect(places.enter("10.0.0.1")).toBe("address");
  expect(places.enter("10.0.0.2")).toBeTypeOf("object");
  first.leave();
  first.leave();
  expect(places.enter("10.0.0.1")).toBeTypeOf("object");
  expect(places.enter("10.0.0.1")).toBe("address");
  expect(places.count()).toBe(3);
});

test.each(["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])("%s is this machine, and not counted", (address) => {
  const places = createPlaces({ total: 10, perTenant: 10, perAddress: 1 });
  for (let time = 0; time < 3; time++) expect(places.enter(address)).toBeTypeOf("object");
});

test("so many of a tenant, and so many in all", () => {
  const places = createPlaces({ total: 4, perTenant: 2, perAddress: 9 });
  const [a, b, c] = ["1", "2", "3"].map((address) => enter(places, address)) as [Place, Place, Place];
  expect([a.takeFor("t"), b.takeFor("t"), c.takeFor("t"), c.takeFor("u")]).toEqual([true, true, false, true]);
  a.leave();
  const d = enter(places, "4");
  expect(d.takeFor("t")).toBe(true);
  enter(places, "5");
  expect(places.enter("6")).toBe("total");
});

test("limits that change hold for who comes from then on; who is in stays", () => {
  const places = createPlaces({ total: 10, perTenant: 10, perAddress: 2 });
  const [first] = [enter(places, "10.0.0.1"), enter(places, "10.0.0.1")];
  places.setLimits({ perAddress: 1 });
  expect([places.enter("10.0.0.1"), places.count()]).toEqual(["address", 2]);
  first.leave();
  expect(places.enter("10.0.0.1")).toBe("address");
  places.setLimits({ perAddress: 3, perTenant: 1 });
  const [second, third] = [enter(places, "10.0.0.1"), enter(places, "10.0.0.1")];
  expect([second.takeFor("t"), third.takeFor("t")]).toEqual([true, false]);
});

test("over a limit: a code or a status that says so, and nobody else is harmed", async () => {
  const { url, gateway } = await startTestGateway({ limits: { total: 3, perTenant: 2 } });
  const open = async () => {
    const socket = openSocket(`${url}?job_id=j`);
    await socket.until(({ type }) => type === "snapshot");
    return socket;
  };
  const [first, second] = [await open(), await open()];
  expect(await openSocket(`${url}?job_id=j`).closed).toEqual({
    code: 4003,
    reason: "too many connections of one tenant",
  });
  expect(gateway.load().connections).toBe(2);
  second.socket.terminate();
  await second.closed;
  await open();
  expect(first.socket.readyState).toBe(first.socket.OPEN);
});

test("a full server refuses before the handshake", async () => {
  const { url } = await startTestGateway({ limits: { total: 1 }, authenticate: async () => VIEWER });
  await openSocket(`${url}?job_id=j`).until(({ type }) => type === "snapshot");
  const refused = openSocket(`${url}?job_id=j`);
  const status = await new Promise((resolve) =>
    refused.socket.once("unexpected-response", (request, response) => {
      resolve([response.statusCode, response.headers["retry-after"]]);
      request.destroy();
    }),
  );
  expect(status).toEqual([503, "5"]);
});
