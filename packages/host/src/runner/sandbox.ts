import { existsSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { exec } from "../exec.ts";
import { bubblewrapArguments } from "./bubblewrap.ts";
import type { Confinement, PathKind } from "./confinement.ts";
import { seatbeltProfile } from "./seatbelt.ts";

/** What keeps a program in its place; `none` is said as plainly as the others (spec 09 §9.2). */
export type SandboxEngine = "bubblewrap" | "sandbox-exec" | "none";

/** What is the case on this machine. */
export interface SandboxFound {
  engine: SandboxEngine;
  /** Why there is none, in a few words; null when there is one. */
  problem: string | null;
}

/** How long an engine may take to show that it works. */
const PROBE_MS = 2_000;
const SEATBELT = "/usr/bin/sandbox-exec";

const found = new Map<string, Promise<SandboxFound>>();

/**
 * Which sandbox works on this machine, found by starting one; asked once per process and PATH. Never throws: what does not
 * work is `none`, with the reason.
 */
export function findSandbox(env: Env, platform: NodeJS.Platform = process.platform): Promise<SandboxFound> {
  const key = `${platform} ${env["PATH"] ?? ""}`;
  const known = found.get(key) ?? probe(env, platform);
  found.set(key, known);
  return known;
}

async function probe(env: Env, platform: NodeJS.Platform): Promise<SandboxFound> {
  if (platform === "linux") {
    const everything = { writable: [], hidden: [], network: false, cwd: "/" };
    return tried("bubblewrap", ["bwrap", ...bubblewrapArguments(everything, () => "absent"), "--", "true"], env);
  }
  if (platform === "darwin" && existsSync(SEATBELT)) {
    return tried("sandbox-exec", [SEATBELT, "-p", "(version 1)(allow default)", "/usr/bin/true"], env);
  }
  return { engine: "none", problem: `there is no sandbox for ${platform}` };
}

async function tried(engine: SandboxEngine, argv: readonly string[], env: Env): Promise<SandboxFound> {
  try {
    const { exit_code, stderr } = await exec(argv, { time_limit_ms: PROBE_MS, env, max_output_bytes: 4096 });
    if (exit_code === 0) return { engine, problem: null };
    return { engine: "none", problem: `${argv[0]} does not work here: ${stderr.trim().split("\n").at(-1) ?? ""}` };
  } catch (error) {
    return { engine: "none", problem: (error as Error).message };
  }
}

/** A command line that keeps its program in its place, and what has to be tidied up afterwards. */
export interface Confined {
  argv: readonly string[];
  dispose(): void;
}

/** Put a program behind a sandbox that works here. All paths are resolved first: a link is no way around. */
export function confine(engine: SandboxEngine, argv: readonly string[], confinement: Confinement): Confined {
  if (engine === "none") return { argv, dispose: () => {} };
  const real = {
    ...confinement,
    writable: resolved(confinement.writable),
    hidden: resolved(confinement.hidden),
    cwd: resolvedPath(confinement.cwd) ?? confinement.cwd,
  };
  if (engine === "bubblewrap") {
    return { argv: ["bwrap", ...bubblewrapArguments(real, kindOf), "--", ...argv], dispose: () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "conveyor-profile-"));
  const file = join(folder, "profile.sb");
  writeFileSync(file, seatbeltProfile(real, kindOf), { mode: 0o600 });
  return { argv: [SEATBELT, "-f", file, ...argv], dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

function kindOf(path: string): PathKind {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "absent";
  return stats.isDirectory() ? "folder" : "file";
}

function resolved(paths: readonly string[]): string[] {
  return [...new Set(paths.map(resolvedPath).filter((path) => path !== undefined))];
}

function resolvedPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
