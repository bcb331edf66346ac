import { describe, expect, onTestFinished, test } from "vitest";
import { factEvent, lineOf, publicationOf, tickEvent } from "../../test/publications.ts";
import type { JobChanges, LiveBus, Publication } from "./bus.ts";

/** A bus as its viewers have it, and how the engine says something on it. */
export interface OpenedBus {
  readonly bus: LiveBus;
  readonly publish: (publications: readonly Publication[]) => void;
  /** What listeners threw, and whatever else went wrong. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

/** What was heard, in words: `3` for a fact, `3.7` for tick 7 behind it, `line 9`. */
function word({ seq, tick, content }: Publication): string {
  if ("log_id" in content) return `line ${content.log_id}`;
  return tick === undefined ? `${seq}` : `${seq}.${tick}`;
}

/** Everything that {@link LiveBus} promises, as tests that each bus runs. */
export function describeBus(name: string, open: () => Promise<OpenedBus>): void {
  describe(`${name} bus`, () => {
    let jobs = 0;

    async function setup() {
      const opened = await open();
      onTestFinished(() => opened.close());
      const { bus } = opened;
      const jobId = `job-${++jobs}`;
      const follow = async (id = jobId) => {
        const heard: string[] = [];
        const end = bus.subscribe(id, (run) => heard.push(...run.map(word)));
        await bus.opened(id);
        return { heard, end, has: (...words: string[]) => expect.poll(() => heard).toEqual(words) };
      };
      return {
        ...{ ...opened, jobId, follow },
        say: (...events: ReturnType<typeof factEvent>[]) => opened.publish(events.map((each) => publicationOf(each))),
        fact: (seq: number) => factEvent(jobId, seq),
        tick: (seq: number, tick: number, task = "t") => tickEvent(jobId, seq, tick, task),
      };
    }

    test("who follows a job hears each fact of it once, in order, and nothing of another", async () => {
      const { follow, say, fact, jobId } = await setup();
      const one = await follow();
      const two = await follow();
      const other = await follow(`${jobId}-other`);
      say(fact(1), fact(2));
      say(fact(3));
      say(factEvent(`${jobId}-other`, 1));
      await one.has("1", "2", "3");
      await two.has("1", "2", "3");
      await other.has("1");
    });

    test("ticks keep their place behind the fact that they carry, and the latest of a slot comes", async () => {
      const { follow, say, fact, tick } = await setup();
      const { heard } = await follow();
      say(fact(1), tick(1, 1, "a"), tick(1, 2, "b"), fact(2), tick(2, 3, "a"));
      await expect.poll(() => heard.at(-1)).toBe("2.3");
      expect(heard.indexOf("1.2")).toBeGreaterThan(heard.indexOf("1"));
      expect(heard.indexOf("2.3")).toBeGreaterThan(heard.indexOf("2"));
      expect(heard.filter((each) => !each.includes("."))).toEqual(["1", "2"]);
    });

    test("lines of the log come once, in order, between what else happens", async () => {
      const { publish, follow, fact, jobId } = await setup();
      const { has } = await follow();
      publish([publicationOf(fact(1)), lineOf(jobId, 7), lineOf(jobId, 9), publicationOf(fact(2))]);
      publish([lineOf(jobId, 12)]);
      await has("1", "line 7", "line 9", "2", "line 12");
    });

    test("what is heard is what was said: whose it is, its slot, its content and its frame", async () => {
      const { bus, publish, jobId } = await setup();
      const said = [
        publicationOf(factEvent(jobId, 1), "tenant\nof two lines"),
        publicationOf(tickEvent(jobId, 1, 5, 'a "task"\nof two lines'), "tenant\nof two lines"),
      ];
      const heard: Publication[] = [];
      bus.subscribe(jobId, (run) => heard.push(...run));
      await bus.opened(jobId);
      publish(said);
      await expect.poll(() => heard.length).toBe(2);
      const plain = (each: Publication) => ({
        ...{ tenantId: each.tenantId, jobId: each.jobId, seq: each.seq, tick: each.tick, slot: each.slot },
        ...{ content: each.content, frame: each.frame() },
      });
      expect(heard.map(plain)).toMatchObject(said.map(plain));
    });

    test("who has left hears nothing, whenever it left, and others are not touched", async () => {
      const { bus, follow, say, fact, jobId } = await setup();
      const gone = await follow();
      const stays = await follow();
      let calls = 0;
      const endSelf = bus.subscribe(jobId, () => {
        calls += 1;
        endSelf();
      });
      say(fact(1));
      await stays.has("1");
      gone.end();
      gone.end();
      say(fact(2));
      await stays.has("1", "2");
      expect([gone.heard, calls]).toEqual([["1"], 1]);
    });

    test("who comes back to a job hears what happens from then on", async () => {
      const { follow, say, fact } = await setup();
      const first = await follow();
      say(fact(1));
      await first.has("1");
      first.end();
      say(fact(2));
      const second = await follow();
      say(fact(3));
      // What was there already may come again; nothing may be missing behind it.
      await expect.poll(() => second.heard.at(-1)).toBe("3");
      expect(second.heard.slice(-1 - second.heard.indexOf("3"))).toEqual(second.heard);
      expect(first.heard).toEqual(["1"]);
    });

    test("a listener that throws harms nobody else, and is told of", async () => {
      const { bus, errors, follow, say, fact, jobId } = await setup();
      bus.subscribe(jobId, () => {
        throw new Error("one");
      });
      bus.subscribeFlushes(() => {
        throw new Error("flush");
      });
      const { has } = await follow();
      say(fact(1));
      await has("1");
      await expect.poll(() => errors.map(String)).toEqual(["Error: one", "Error: flush"]);
    });

    test("flushes are told of after those who follow have heard", async () => {
      const { bus, follow, say, fact } = await setup();
      const { heard } = await follow();
      const atFlush: number[] = [];
      const end = bus.subscribeFlushes(() => atFlush.push(heard.length));
      say(fact(1), fact(2));
      await expect.poll(() => atFlush).toEqual([2]);
      end();
      say(fact(3));
      await expect.poll(() => heard.length).toBe(3);
      expect(atFlush).toEqual([2]);
    });

    test("lists hear which jobs changed themselves, and on which something moved", async () => {
      const { bus, say, jobId } = await setup();
      const changed = new Set<string>();
      const moved = new Set<string>();
      const end = bus.subscribeChanges((changes: JobChanges | null) => {
        for (const each of changes?.changed ?? []) changed.add(each);
        for (const each of changes?.moved ?? []) moved.add(each);
      });
      const [a, b] = [`${jobId}-a`, `${jobId}-b`];
      say({ ...factEvent(a, 1), type: "job.created" }, tickEvent(a, 1, 1), tickEvent(b, 1, 1));
      await expect.poll(() => changed.has(a) && (moved.has(b) || changed.has(b))).toBe(true);
      expect(moved.has(a)).toBe(false);
      end();
    });
  });
}
