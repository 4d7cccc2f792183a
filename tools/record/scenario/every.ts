import type { Recorder } from "../recorder.ts";

/** Every command that the program itself lists, with no arguments where that is a mistake, a wrong flag, and its help. */
export async function every(recorder: Recorder): Promise<void> {
  recorder.section("09-every");
  const commands = await commandsOf(recorder);
  for (const command of commands) {
    await recorder.call(`${command} --help`);
    await recorder.call(`${command} --no-such-flag`);
    await recorder.call(`${command} too many words for any command`);
    if ((await usageOf(recorder, command)).every((usage) => /<\w/.test(usage.replaceAll(/\[[^\]]*\]/g, ""))))
      await recorder.call(command);
  }
}

/** The commands that `--help` lists. */
export async function commandsOf(recorder: Recorder): Promise<string[]> {
  const { stdout } = await recorder.place.run(["--help"]);
  return [...stdout.matchAll(/^ {2}([a-z][a-z-]+) {2,}\S/gm)].map(([, name]) => name ?? "");
}

/** The usage lines of a command: one for each of its forms. */
export async function usageOf(recorder: Recorder, command: string): Promise<string[]> {
  const { stdout } = await recorder.place.run([command, "--help"]);
  return [...stdout.matchAll(/^(?:usage:| {6}) conveyor (.+)$/gm)].map(([, usage]) => usage ?? "");
}

/**
 * Forms of commands that the recording never typed, as usage lines. A form is known by the words and the flag that are
 * not optional in its usage line and stand before its first argument.
 */
export async function missingForms(recorder: Recorder): Promise<string[]> {
  const missing: string[] = [];
  for (const command of await commandsOf(recorder)) {
    for (const usage of await usageOf(recorder, command)) {
      const marks = marksOf(usage);
      if (!recorder.typed.some((argv) => marks.every((mark) => argv.includes(mark)))) missing.push(usage);
    }
  }
  return missing;
}

function marksOf(usage: string): string[] {
  return usage
    .replaceAll(/\[[^\]]*\]/g, "")
    .split(/\s+/)
    .filter((word) => /^(?:--)?[a-z][a-z-]*$/.test(word));
}
