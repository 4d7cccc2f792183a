import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";

/** One way to a browser; the name is told with the picture that it took. */
export interface BrowserAttempt {
  backend: string;
  executablePath?: string;
  channel?: string;
}

/** Names of a browser that takes pictures, as systems install it. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;
const MAC_APP = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/**
 * The ways to a browser in the order in which they are tried (spec 05 §5.12): the one that is configured, Playwright's own,
 * an installed Chrome, a Chromium on PATH. None of them downloads anything.
 */
export function browserAttempts(env: Env, platform: NodeJS.Platform = process.platform): BrowserAttempt[] {
  const configured = env["CONVEYOR_BROWSER_EXECUTABLE"] ?? "";
  const found = onPath(env);
  return [
    ...(configured === "" ? [] : [{ backend: "configured-executable", executablePath: configured }]),
    { backend: "playwright-chromium" },
    { backend: "playwright-chrome-channel", channel: "chrome" },
    ...(platform === "darwin" ? [{ backend: "playwright-chrome-app", executablePath: MAC_APP }] : []),
    ...(found === undefined ? [] : [{ backend: "found-executable", executablePath: found }]),
  ];
}

/** Further arguments for the browser, as `CONVEYOR_BROWSER_ARGS` has them, parted by blanks. */
export function browserArguments(env: Env): string[] {
  return (env["CONVEYOR_BROWSER_ARGS"] ?? "").split(/\s+/).filter((argument) => argument !== "");
}

function onPath(env: Env): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
