import { type Browser, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { type StoryWorker, startStory } from "./story-worker.ts";

export interface OpenDashboardOptions {
  /** @defaultValue 1440 */
  readonly width?: number;
  /** @defaultValue `dark` */
  readonly theme?: "dark" | "light";
  /** Whether to come in by the link. @defaultValue true */
  readonly signedIn?: boolean;
}

/** The dashboard in a real browser, at a real server. */
export interface OpenDashboard {
  readonly page: Page;
  readonly server: DashboardServer;
  /** Goes to a path of the dashboard by its address. */
  goTo(path: string): Promise<void>;
  /** Begins a job that the test tells the story of. */
  story(title: string, styles?: readonly string[]): Promise<StoryWorker>;
  /** What the browser complained about, such as a breach of the content security policy. */
  readonly complaints: readonly string[];
}

/** Works as root, in containers, and without a network. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A server that is away is no breach. */
const EXPECTED_COMPLAINT = /Failed to load resource|WebSocket connection to/;

/** What is waited for comes within a second or two, or on a machine that does much else, some time before the test's own limit. */
const PATIENCE_MS = 100_000;

let launched: Promise<Browser> | null = null;

/** Starts the browser that the tests of a file share. */
function launch(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath: process.env.PLAYHEAD_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  return launched;
}

/** Ends the shared browser. */
export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
  launched = null;
}

/** Opens the dashboard at a server of the test's own, or at one that it already has; all ends with the test. */
export async function openDashboard(options: OpenDashboardOptions = {}, at?: DashboardServer): Promise<OpenDashboard> {
  const { width = 1_440, theme = "dark", signedIn = true } = options;
  const server = at ?? (await startDashboardServer());
  if (at === undefined) onTestFinished(() => server.close());
  const browser = await launch();
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme: theme,
  });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED_COMPLAINT.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(signedIn ? server.signInUrl : server.origin);
  return {
    page,
    server,
    complaints,
    async goTo(path) {
      await page.goto(`${server.origin}${path}`);
    },
    async story(title, styles) {
      const worker = await startStory(server, { title, ...(styles !== undefined && { styles }) });
      onTestFinished(() => worker.stop());
      return worker;
    },
  };
}
