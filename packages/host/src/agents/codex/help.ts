import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, readWhole, replaceFile } from "@conveyor/files";
import { exec } from "../../exec.ts";
import type { ProbeOptions } from "../agent.ts";

/** Longer help than this is not kept. */
const MOST_BYTES = 1024 * 1024;

const HELP_LIMIT_MS = 20_000;

interface KnownHelp {
  /** Tells one build of the program from the next. */
  build: string;
  help_text: string;
}

/**
 * What the program prints for `--help`, so that only options are used which it has (spec 01 §5.4). Asked once per build
 * and kept in `codex-help.json` under the state root. A program that does not answer has no options beyond the old ones.
 */
export async function codexHelp(program: string, probe: ProbeOptions): Promise<string> {
  const file = join(probe.state_root, "codex-help.json");
  const build = await buildOf(program);
  const known = read(file);
  if (known !== null && known.build === build) return known.help_text;
  const help_text = await ask(program, probe);
  if (help_text === null) return "";
  keep(probe, file, { build, help_text });
  return help_text;
}

/** A new release replaces the file, so its times and number change even where its size does not. */
async function buildOf(program: string): Promise<string> {
  const path = await realpath(program);
  const { size, ino, mtimeMs, ctimeMs } = await stat(path);
  return [path, size, ino, mtimeMs, ctimeMs].join(" ");
}

async function ask(program: string, { env, signal }: ProbeOptions): Promise<string | null> {
  const options = { env, time_limit_ms: HELP_LIMIT_MS, signal };
  try {
    const { exit_code, stdout } = await exec([program, "--help"], options);
    return exit_code === 0 ? stdout : null;
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError) || thrown.code === "interrupted") throw thrown;
    return null;
  }
}

function read(file: string): KnownHelp | null {
  try {
    const kept = readWhole(file, { most_bytes: MOST_BYTES, links: "refuse" });
    const { build, help_text } = JSON.parse(kept.ok ? kept.text : "") as Partial<KnownHelp>;
    return typeof build === "string" && typeof help_text === "string" ? { build, help_text } : null;
  } catch {
    // Missing or damaged: the program is asked again.
    return null;
  }
}

function keep({ state_root }: ProbeOptions, file: string, known: KnownHelp): void {
  try {
    makeFolder(state_root);
    replaceFile(file, `${JSON.stringify(known)}\n`);
  } catch {
    // Without the cache the program is asked every time, which is only slower.
  }
}
