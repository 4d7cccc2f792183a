import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { type DemoOptions, readOptions, USAGE } from "./options.ts";
import { Show } from "./show.ts";
import { STEPS } from "./steps.ts";
import { Story } from "./story.ts";
import { sweepEarlierDemos } from "./sweep.ts";
import { isInstalled, type WorkerKind } from "./worker.ts";

/** The exit codes of the demo: it happened, something did not, wrong usage, interrupted. */
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const show = new Show(process.stderr, process.env);

class Interrupted extends Error {}

/** A step did not happen; it has been told already. */
class StepFailed extends Error {}

/** Rejects when the person presses Ctrl-C; a second time ends the program at once. */
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.on(signal, () => process.exit(EXIT.interrupted));
      reject(new Interrupted(signal));
    });
  }
});
interrupted.catch(() => {});

function chooseWorker(options: DemoOptions): WorkerKind {
  const hasTmux = isInstalled("tmux", process.env);
  if (options.codex && !hasTmux) throw new Error("--codex needs tmux, which is not installed");
  if (options.codex) return "codex in tmux";
  if (hasTmux) return "scripted in tmux";
  show.note("tmux is not installed: nothing can be typed into a terminal, so the worker fetches its messages itself.");
  return "scripted without tmux";
}

async function tell(story: Story): Promise<void> {
  for (const step of STEPS) {
    show.begin(step.title);
    const began = performance.now();
    try {
      show.done(step.title, await Promise.race([step.run(story), interrupted]), performance.now() - began);
    } catch (error) {
      const isInterrupted = error instanceof Interrupted;
      show.failed(step.title, isInterrupted ? "interrupted" : (error as Error).message);
      throw isInterrupted ? error : new StepFailed(step.title, { cause: error });
    }
  }
}

async function showPage(story: Story): Promise<void> {
  const url = (await story.read("serve", "--login")).trim();
  const opener = ["xdg-open", "open"].find((program) => isInstalled(program, process.env));
  if (opener !== undefined) execFile(opener, [url], { timeout: 10_000 }, () => {});
  show.say(`\n  The web page: ${url}`);
  if (!process.stdin.isTTY) return;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  await Promise.race([reader.question("  Press Enter to stop everything. "), interrupted]).finally(() =>
    reader.close(),
  );
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  show.say("Conveyor: a manager supervises a worker\n");
  sweepEarlierDemos(tmpdir());
  const root = mkdtempSync(join(tmpdir(), "conveyor-demo-"));
  const story = await Story.open(root, show, chooseWorker(options));
  try {
    await tell(story);
    const replay = await story.read("replay", "greeting");
    process.stdout.write(`\n${replay}\n`);
    if (options.open) await showPage(story);
  } finally {
    await story.close();
    show.say(`\n  Everything that was started has been stopped. The state lies in ${story.world.state_root}`);
    show.say("  (a later demo removes it)");
    show.say(`  Look at it: bin/conveyor audit greeting --path ${story.world.ledger}\n`);
  }
  return EXIT.ok;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof Interrupted) process.exit(EXIT.interrupted);
  if (error instanceof StepFailed) process.exit(EXIT.failed);
  const isUsage = (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") === true;
  show.say(`\nerror: ${(error as Error).message}${isUsage ? `\n\n${USAGE}` : ""}`);
  process.exit(isUsage ? EXIT.usage : EXIT.failed);
}
