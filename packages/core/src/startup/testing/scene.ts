import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { operations } from "@conveyor/contracts/registry";
import { installCodexShim } from "../../../../../e2e/support/scripted-agent/launch.ts";
import type { Ctx } from "../../ctx.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { pair } from "../pair.ts";
import { start as startPlain } from "../start.ts";
import { startManager } from "../start-manager.ts";
import { startWorker } from "../start-worker.ts";

/** A world whose `codex` is the scripted agent, found on a PATH of its own. */
export class Scene {
  readonly world: World;
  /** Folder in front of PATH. */
  readonly tools: string;

  /** `only`: programs by name, the only ones that are found at all. */
  constructor(env: Record<string, string> = {}, only?: Readonly<Record<string, string>>) {
    this.tools = mkdtempSync(join(tmpdir(), "conveyor-tools-"));
    for (const [name, target] of Object.entries(only ?? {})) symlinkSync(target, join(this.tools, name));
    this.world = createWorld({
      env: {
        HOME: this.tools,
        LANG: "C.UTF-8",
        PATH: only === undefined ? [this.tools, process.env["PATH"] ?? ""].join(delimiter) : this.tools,
        ...env,
      },
    });
  }

  /** Put the scripted agent on PATH as `codex`; `env` steers it. */
  async installAgent(env: Record<string, string> = {}): Promise<void> {
    await installCodexShim(this.tools, {
      SCRIPTED_AGENT_TURN_MS: "30",
      SCRIPTED_AGENT_KEYS_LOG: this.keysLog,
      ...env,
    });
  }

  /** Put a program of a test's own on PATH; a shell script without its first line. */
  installProgram(lines: readonly string[], name = "codex"): void {
    const path = join(this.tools, name);
    writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`);
    chmodSync(path, 0o755);
  }

  get keysLog(): string {
    return join(this.tools, "keys.jsonl");
  }

  /** Keys that reached any agent, with the screen on which they landed. */
  keys(): { screen: string; kind: string }[] {
    if (!existsSync(this.keysLog)) return [];
    const lines = readFileSync(this.keysLog, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as { screen: string; kind: string });
  }

  worker(input: Record<string, unknown>, ctx: Ctx = this.world.ctx) {
    return startWorker(ctx, operations.startup.startWorker.input.parse({ cwd: this.world.cwd, ...input }));
  }

  manager(input: Record<string, unknown>) {
    return startManager(this.world.ctx, operations.startup.startManager.input.parse({ cwd: this.world.cwd, ...input }));
  }

  plain(input: Record<string, unknown>) {
    return startPlain(this.world.ctx, operations.startup.start.input.parse({ cwd: this.world.cwd, ...input }));
  }

  /** `pair` without Dispatch, which the built program's own tests start. */
  pair(input: Record<string, unknown>, ctx: Ctx = this.world.ctx) {
    const standard = { cwd: this.world.cwd, task: "auth", worker_name: "w", manager_name: "m", no_dispatch: true };
    return pair(ctx, operations.startup.pair.input.parse({ ...standard, ...input }));
  }

  /** What was recorded about starts: state and error of the commands, oldest first. */
  async commands(type = "start_session") {
    return this.world.store.read((tx) =>
      tx.db.commands.findMany({
        where: { type },
        orderBy: { seq: "asc" },
        select: { state: true, error: true, payload_json: true },
      }),
    );
  }

  async sessions() {
    return this.world.store.read((tx) => tx.db.sessions.findMany({ orderBy: { seq: "asc" } }));
  }

  async close(): Promise<void> {
    await this.world.close();
    rmSync(this.tools, { recursive: true, force: true });
  }
}
