import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { blocksOf, shownLine } from "./markdown.ts";
import { start, told } from "./process.ts";
import { REPOSITORY, type World } from "./world.ts";

export const README = readFileSync(join(REPOSITORY, "README.md"), "utf8");

/** The steps of a tour: shell blocks with its name, and the output that is shown below some of them. */
function tourOf(markdown: string, name: string) {
  const blocks = blocksOf(markdown);
  return blocks.flatMap(({ info, text }, index) => {
    if (!info.startsWith(`sh ${name}`)) return [];
    const after = blocks[index + 1];
    return [
      { script: text, exit_code: info.endsWith("refused") ? 1 : 0, shown: after?.info === "text" ? after.text : "" },
    ];
  });
}

export interface TourOptions {
  /** Which blocks of the README: those that begin with `sh NAME`. */
  name: "tour" | "by-hand";
  /** Where `codex` is found. */
  tools: string;
  /** What the reader waits for behind the first block. */
  afterFirst?: (() => Promise<void>) | undefined;
}

/** Type a tour of the README word for word; it must do what it says. */
export async function takeTour(world: World, { name, tools, afterFirst }: TourOptions): Promise<void> {
  const steps = tourOf(README, name);
  expect(steps.length).toBeGreaterThan(1);
  const env = { ...world.env, PATH: `${tools}:${world.env["PATH"]}` };
  for (const [index, { script, exit_code, shown }] of steps.entries()) {
    // The reader's machine has the default port to itself; this one may not.
    const typed = script.replace("serve --detach", "serve --detach --port 0");
    const ran = await (await start(["sh", "-ec", typed], { cwd: world.project, env })).done;
    expect(ran.code, told(ran)).toBe(exit_code);
    for (const line of shown.split("\n").filter((own) => own.trim() !== "" && own.trim() !== "…")) {
      expect(`${ran.stdout}${ran.stderr}`, script).toMatch(shownLine(line));
    }
    if (index === 0) await afterFirst?.();
  }
}

/** Resolves when the dispatcher that a pair started has ended by itself. */
export async function dispatchersEnded(world: World): Promise<boolean> {
  const { dispatchers } = await world.ask<"dispatch.overview">("dispatch", "status");
  return dispatchers.length > 0 && dispatchers.every(({ state }) => state === "stopped");
}
