import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOperations } from "@conveyor/contracts/registry";
import { appRouter, type CallReply, Runtime, runCall } from "@conveyor/router";

/** A ledger of its own behind the real router, on a machine without tmux, codex, git or a desktop: nothing can be started. */
export class RouterWorld {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-attack-")));
  readonly runtime: Runtime;

  constructor() {
    mkdirSync(join(this.root, "bin"));
    this.runtime = new Runtime({
      ledger_path: join(this.root, "state", "workerctl.db"),
      codex_home: join(this.root, "codex"),
      program: "conveyor",
      env: { PATH: join(this.root, "bin"), HOME: this.root, TMUX_TMPDIR: this.root, CONVEYOR_CHECK_ANSWERS: "1" },
    });
  }

  /** A rollout file of this thread, with further records; answers with its path. */
  rollout(name: string, thread_id: string, records: readonly object[] = []): string {
    const timestamp = "2026-01-01T00:00:00.000Z";
    const meta = { timestamp, type: "session_meta", payload: { id: thread_id, cwd: this.root, timestamp } };
    const path = join(this.root, name);
    writeFileSync(path, [meta, ...records].map((record) => `${JSON.stringify(record)}\n`).join(""));
    return path;
  }

  /** All answers of a call, at most `most`; after `patience_ms` its caller goes away. */
  async answers(path: string, input: unknown, { patience_ms = 30_000, most = 20 } = {}): Promise<CallReply[]> {
    const kind = allOperations().find((op) => op.path === path)?.kind;
    if (kind === undefined || kind === "local") throw new Error(`${path} is no procedure`);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), patience_ms);
    const answers: CallReply[] = [];
    try {
      const context = this.runtime.context(controller.signal);
      for await (const answer of runCall(appRouter, { type: kind, path, input }, context)) {
        answers.push(answer);
        if (answers.length >= most) break;
      }
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
    return answers;
  }

  /** The result of a call that must succeed. */
  async call<Result = Record<string, unknown>>(path: string, input: unknown): Promise<Result> {
    const [answer] = await this.answers(path, input);
    if (answer === undefined || !("result" in answer)) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.result as Result;
  }

  /** The code of the refusal of a call; undefined when it succeeded. */
  async refusal(path: string, input: unknown): Promise<string | undefined> {
    const [answer] = await this.answers(path, input);
    return answer !== undefined && "error" in answer ? answer.error.data.conveyor.code : undefined;
  }

  /** A task bound to a worker and a manager, by these names. */
  async pair(task: string, worker: string, manager: string): Promise<void> {
    await this.call("tasks.create", { name: task, goal: "make it work" });
    for (const [role, name] of [
      ["Worker", worker],
      ["Manager", manager],
    ] as const) {
      const thread = `0199a213-81c0-7800-8aa1-${Buffer.from(name.padEnd(6, "-").slice(0, 6)).toString("hex")}`;
      await this.call(`sessions.register${role}`, {
        name,
        codex_session: this.rollout(`${name}.jsonl`, thread),
        cwd: this.root,
      });
    }
    await this.call("bindings.bind", { task, worker, manager });
  }

  async close(): Promise<void> {
    await this.runtime.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
