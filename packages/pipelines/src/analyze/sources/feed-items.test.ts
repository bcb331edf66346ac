import { expect, test } from "vitest";
import { readFeed } from "./feed-items.ts";

const BASE = new URL("https://example.com/feeds/all.xml");
const read = (text: string, maxItems = 50) => readFeed(text, BASE, maxItems);
const MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"';
const rss = (items: string) =>
  `<?xml version="1.0"?>\n<rss version="2.0" ${MEDIA} xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>C</title>${items}</channel></rss>`;
const enclosure = (url: string, type = "video/mp4") =>
  `<item><guid>${url}</guid><enclosure url="${url}" length="123" type="${type}"/></item>`;

test("RSS with enclosures, times and pages", () => {
  const item = `<item><title>A &amp; B</title><guid>g1</guid><link>/a</link><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>
    <itunes:duration>00:01:30</itunes:duration><enclosure url="https://cdn.example/a.mp4" length="123" type="video/mp4"/></item>`;
  expect(read(rss(item))).toEqual({
    leftOut: 0,
    items: [
      {
        itemId: expect.stringMatching(/^[0-9a-f]{16}$/),
        title: "A & B",
        link: "https://example.com/a",
        publishedMs: Date.parse("2026-11-21T10:00:00Z"),
        durationSec: 90,
        media: { kind: "url", url: "https://cdn.example/a.mp4", sizeBytes: 123 },
        stats: null,
      },
    ],
  });
});

test("Media RSS: the version that is meant, of a group; pictures are no videos", () => {
  const item = `<item><title>T</title><media:group>
    <media:content url="still.jpg" medium="image"/>
    <media:content url="small.mp4" type="video/mp4" duration="30" fileSize="99"/>
    <media:content url="large.mp4" type="video/mp4" isDefault="true" duration="31"/></media:group>
    <media:community><media:starRating count="4"/><media:statistics views="500"/></media:community></item>`;
  expect(read(rss(item)).items).toMatchObject([
    {
      durationSec: 31,
      media: { kind: "url", url: "https://example.com/feeds/large.mp4", sizeBytes: null },
      stats: { views: 500, likes: 4, comments: null },
    },
  ]);
});

test("Atom and JSON Feed", () => {
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><id>i</id><entry><title>E</title><id>e1</id>
    <published>2026-01-02T00:00:00Z</published><link href="https://example.com/page"/>
    <link rel="enclosure" href="/e.mp4" type="video/mp4" length="5"/></entry></feed>`;
  expect(read(atom).items).toMatchObject([
    { title: "E", link: "https://example.com/page", media: { url: "https://example.com/e.mp4", sizeBytes: 5 } },
  ]);
  const attachments = [{ url: "/j.mp4", mime_type: "video/mp4", size_in_bytes: 9, duration_in_seconds: 3 }];
  const json = {
    version: "https://jsonfeed.org/version/1.1",
    title: "J",
    items: [{ id: "1", url: "/p", title: "JT", attachments }],
  };
  expect(read(JSON.stringify(json)).items).toMatchObject([
    {
      title: "JT",
      link: "https://example.com/p",
      durationSec: 3,
      media: { url: "https://example.com/j.mp4", sizeBytes: 9 },
    },
  ]);
});

test("sound, pictures and entries without a file are passed over; the same entry counts once; the rest is counted", () => {
  const items = [
    enclosure("https://a.example/1.mp4"),
    enclosure("https://a.example/1.mp4"),
    enclosure("https://a.example/s.mp3", "audio/mpeg"),
    "<item><title>only words</title></item>",
    enclosure("https://a.example/2.bin", "application/octet-stream"),
    enclosure("https://a.example/3.webm", "application/octet-stream"),
    enclosure("https://a.example/4.mp4"),
  ].join("");
  const { items: found, leftOut } = read(rss(items), 2);
  expect(found.map(({ title }) => title)).toEqual(["1.mp4", "3.webm"]);
  expect(leftOut).toBe(1);
});

test("addresses of other kinds stay what they are, for the guard to refuse; pages that are no web pages are left out", () => {
  const item = `<item><link>javascript:alert(1)</link><enclosure url="file:///etc/passwd" type="video/mp4"/></item>`;
  expect(read(rss(item)).items).toMatchObject([{ link: null, media: { kind: "url", url: "file:///etc/passwd" } }]);
});

const ENTITIES = `<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;&a;">]>`;
test.each([
  ["a page", "<!doctype html><html></html>", /declares a document type/],
  [
    "entities",
    rss("<item><title>&b;</title></item>").replace("<rss", `${ENTITIES}<rss`),
    /declares a document type or entities/,
  ],
  ["text", "no feed at all", /is neither RSS nor Atom/],
  ["other JSON", '{"videos": []}', /is neither RSS nor Atom/],
  ["a torn feed", rss("<item><title>a").slice(0, -20), /is neither RSS nor Atom/],
  ["depth without end", `<rss version="2.0"><channel>${"<a>".repeat(100_000)}`, /is neither RSS nor Atom/],
])("%s is refused for good", (_, text, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: "source_failed", retryable: false, message: expect.stringMatching(message) }),
  );
});
