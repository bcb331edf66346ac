import { beforeEach, expect, test, vi } from "vitest";

const VIEWER = Intl.DateTimeFormat().resolvedOptions().timeZone;
const OTHER = VIEWER === "Asia/Tokyo" ? "Europe/Rome" : "Asia/Tokyo";

/** A page that has just been opened, in a browser that keeps this. */
async function open(kept: Record<string, string> = {}) {
  vi.resetModules();
  const localStorage = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => Object.assign(kept, { [key]: value }),
    removeItem: (key: string) => delete kept[key],
  };
  vi.stubGlobal("window", { localStorage });
  return { ...(await import("./time-zone.ts")), times: await import("./times.ts") };
}

beforeEach(() => vi.resetModules());

test("times are in the reader's zone, and in the server's once that was chosen; which is kept", async () => {
  const kept = {};
  const { shownZone, noteServerZone, chooseZone, times } = await open(kept);
  expect(shownZone()).toEqual({ choice: "viewer", timeZone: VIEWER, other: null });
  noteServerZone(OTHER);
  expect(shownZone()).toEqual({ choice: "viewer", timeZone: VIEWER, other: OTHER });
  chooseZone("server");
  expect(shownZone()).toEqual({ choice: "server", timeZone: OTHER, other: VIEWER });
  const atMs = Date.parse("2026-11-21T14:20:00Z");
  expect(times.formatClock(atMs)).toBe(OTHER === "Asia/Tokyo" ? "23:20" : "15:20");
  expect(times.formatClock(atMs, { timeZone: "UTC" })).toBe("14:20");

  const again = await open(kept);
  expect(again.shownZone().timeZone).toBe(VIEWER);
  again.noteServerZone(OTHER);
  expect(again.shownZone()).toMatchObject({ choice: "server", timeZone: OTHER });
});

test("a server's zone that this browser does not know, or that is one's own, is no choice", async () => {
  const { shownZone, noteServerZone, chooseZone } = await open();
  chooseZone("server");
  for (const zone of ["Mars/Olympus", VIEWER]) {
    noteServerZone(zone);
    expect(shownZone()).toMatchObject({ timeZone: VIEWER, other: null });
  }
});

test.each([
  ["UTC", "UTC"],
  ["Europe/Rome", "Rome, GMT+1"],
  ["America/New_York", "New York, GMT-5"],
])("%s is called %s in winter", async (zone, label) => {
  const { zoneLabel } = await open();
  expect(zoneLabel(zone, Date.parse("2026-11-21T14:20:00Z"))).toBe(label);
});
