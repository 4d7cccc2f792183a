import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { assertOutputPlace, replaceFile } from "@conveyor/files";
import { capturePage, isThisMachine } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

type Asked = Input<"qa.screenshot">;

/**
 * Take a picture of a page and write it (spec 05 §5.12). Throws `conflicting_flags` unless exactly one page is named,
 * `invalid_input` for a page or a place that is none, `tool_missing` without a browser, `side_effect_failed`.
 */
export async function screenshot(ctx: HostCtx, input: Asked): Promise<Output<"qa.screenshot">> {
  const url = addressOf(input);
  const { html: html_path = null, screenshot_path, width, height, any_host } = input;
  assertOutputPlace(screenshot_path, "--output");
  const { png, ...taken } = await capturePage({
    ...{ url, html_path, width, height, env: ctx.host.env },
    hosts: any_host ? "any" : "loopback",
  });
  try {
    replaceFile(screenshot_path, png);
  } catch (error) {
    throw new ConveyorError("side_effect_failed", `capture_failed: ${(error as Error).message}`, {
      hint: "see that there is room and that you may write there, then try again",
      cause: error,
    });
  }
  const screenshot_sha256 = createHash("sha256").update(png).digest("hex");
  return { ...taken, html_path, url, screenshot_path, screenshot_sha256, viewport: `${width}x${height}` };
}

function addressOf({ html, url, any_host }: Asked): string {
  if ((html === undefined) === (url === undefined)) {
    throw new ConveyorError("conflicting_flags", "the page is named with one of --html and --url", {
      hint: "give exactly one of them",
    });
  }
  if (html !== undefined) {
    if (statSync(html, { throwIfNoEntry: false })?.isFile() !== true) {
      throw invalid("html", `--html ${JSON.stringify(html)} is no file`, "name the file of the page");
    }
    return pathToFileURL(html).href;
  }
  const address = URL.canParse(url as string) ? new URL(url as string) : undefined;
  if (address === undefined || !["http:", "https:"].includes(address.protocol)) {
    throw invalid(
      "url",
      "--url is no address of http or https",
      "name a page such as http://localhost:3000/, or a file with --html",
    );
  }
  if (!any_host && !isThisMachine(address.hostname)) {
    throw invalid("url", `${address.hostname} is not this machine`, "say --any-host when that page may be opened");
  }
  return address.href;
}

function invalid(field: string, message: string, hint: string): ConveyorError {
  return new ConveyorError("invalid_input", message, { hint, details: { field } });
}
