import { describe, expect, test, vi } from "vitest";
import { browserSurroundings, type SurroundingsHint } from "./surroundings.ts";

/** A browser whose page and network are the test's to say. */
function setup(url = "https://playhead.example/") {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const browser = new EventTarget();
  const machine = { onLine: true };
  vi.stubGlobal("window", browser);
  vi.stubGlobal("document", page);
  vi.stubGlobal("navigator", machine);
  const surroundings = browserSurroundings(url);
  const hints: SurroundingsHint[] = [];
  const stop = surroundings.watch((hint) => hints.push(hint));
  return { page, browser, machine, surroundings, hints, stop };
}

test("a page that is hidden is left alone, one that is shown again is a hint", () => {
  const { page, hints } = setup();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(hints).toEqual([]);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(hints).toEqual(["woken"]);
});

test("so is one that comes back out of the browser's memory", () => {
  const { browser, hints } = setup();
  browser.dispatchEvent(new Event("pageshow"));
  expect(hints).toEqual(["woken"]);
});

describe("the network", () => {
  test("that is lost and found", () => {
    const { browser, machine, surroundings, hints } = setup();
    machine.onLine = false;
    browser.dispatchEvent(new Event("offline"));
    expect(surroundings.isOffline()).toBe(true);
    browser.dispatchEvent(new Event("online"));
    expect(hints).toEqual(["network_lost", "network_found"]);
  });

  test.each(["http://localhost:8765/", "http://127.0.0.1:8765/", "http://[::1]:8765/"])(
    "is not needed to reach a server on this machine: %s",
    (url) => {
      const { browser, machine, surroundings, hints } = setup(url);
      machine.onLine = false;
      browser.dispatchEvent(new Event("offline"));
      expect(surroundings.isOffline()).toBe(false);
      expect(hints).toEqual(["woken"]);
    },
  );
});

test("whoever stops watching is told nothing more", () => {
  const { browser, hints, stop } = setup();
  stop();
  browser.dispatchEvent(new Event("online"));
  expect(hints).toEqual([]);
});

test("outside of a browser there are no hints", () => {
  const surroundings = browserSurroundings("https://playhead.example/");
  expect(surroundings.isOffline()).toBe(false);
  expect(surroundings.watch(() => {})).not.toThrow();
});
