import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { waitUntil } from "../scripted-agent/wait.ts";
import { blocksOf, shownLine } from "./markdown.ts";
import { type Ran, start, told } from "./process.ts";
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

/** How long an agent may take for a turn, in milliseconds. */
const ANSWER_LIMIT_MS = 60_000;

export interface TourOptions {
  /** Which blocks of the README: those that begin with `sh NAME`. */
  name: "tour" | "by-hand";
  /** Where `codex` is found. */
  tools: string;
  /** What the reader waits for behind the first block. */
  afterFirst?: (() => Promise<void>) | undefined;
}

const linesOf = (shown: string) => shown.split("\n").filter((own) => own.trim() !== "" && own.trim() !== "…");

function fits(ran: Ran, shown: string): boolean {
  return linesOf(shown).every((line) => shownLine(line).test(`${ran.stdout}${ran.stderr}`));
}

/** Type a tour of the README word for word; it must do what it says. */
export async function takeTour(world: World, { name, tools, afterFirst }: TourOptions): Promise<void> {
  const steps = tourOf(README, name);
  expect(steps.length).toBeGreaterThan(1);
  const env = { ...world.env, PATH: `${tools}:${world.env["PATH"]}` };
  const type = async (words: string) => (await start(["sh", "-ec", words], { cwd: world.project, env })).done;
  for (const [index, { script, exit_code, shown }] of steps.entries()) {
    // The reader's machine has the default port to itself; this one may not.
    const typed = script.replace("serve --detach", "serve --detach --port 0");
    let ran = await type(typed);
    // A reader looks again until the agent has answered.
    const look = typed.trimEnd().split("\n").at(-1) ?? "";
    if (look.startsWith("conveyor cycle")) {
      await waitUntil(
        async () => {
          if (fits(ran, shown)) return true;
          ran = await type(look);
          return false;
        },
        { limit_ms: ANSWER_LIMIT_MS, what: () => `the answer that the README shows; it said ${told(ran)}` },
      );
    }
    expect(ran.code, told(ran)).toBe(exit_code);
    for (const line of linesOf(shown)) expect(`${ran.stdout}${ran.stderr}`, script).toMatch(shownLine(line));
    if (index === 0) await afterFirst?.();
  }
}

/** Resolves when the dispatcher that a pair started has ended by itself. */
export async function dispatchersEnded(world: World): Promise<boolean> {
  const { dispatchers } = await world.ask<"dispatch.overview">("dispatch", "status");
  return dispatchers.length > 0 && dispatchers.every(({ state }) => state === "stopped");
}
