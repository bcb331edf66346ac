import { afterAll, expect, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

test("by keyboard one goes to a page, finds a job, and sees which keys there are", async () => {
  const { page, story, complaints } = await openDashboard();
  const worker = await story("Harbour at dawn");
  const field = page.getByRole("combobox", { name: "Search and commands" });
  await page.getByRole("link", { name: /Harbour at dawn/ }).waitFor();

  await page.keyboard.press("Control+k");
  await field.fill("hea");
  await page.getByRole("option", { name: "Health", selected: true }).waitFor();
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeFaults(page)).toEqual([]);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL("**/health");
  await field.waitFor({ state: "detached" });

  await page.keyboard.press("Control+k");
  await field.fill("harbour");
  await page.getByRole("option", { name: `Harbour at dawn ${worker.jobId}`, selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Harbour at dawn" }).waitFor();
  await page.keyboard.press("Control+k");
  await page
    .getByRole("group", { name: "Recent" })
    .getByRole("option", { name: /Harbour/ })
    .waitFor();
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });

  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.waitForURL("**/jobs");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("gj?");
  expect(await page.getByRole("searchbox").inputValue()).toBe("gj?");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await help.waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await help.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.keyboard.press("Control+k");
  await field.waitFor();
  expect(await help.count()).toBe(0);
  expect(complaints).toEqual([]);
});
