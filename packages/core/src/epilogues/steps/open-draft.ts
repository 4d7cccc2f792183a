import { existsSync } from "node:fs";
import { exec } from "@conveyor/host";
import { mayHappen } from "../../contract/may.ts";
import { grantsOfTask, useGrants } from "../../contract/scoped-grants.ts";
import type { Ctx } from "../../ctx.ts";
import { parsed } from "../../shared/parsed.ts";
import { liveBindingOf } from "../../shared/references.ts";
import type { StepSubject } from "./step.ts";

/** What became of the draft outside of the ledger. */
export type OpenedDraft = { state: "opened"; url: string } | { state: "not_opened"; reason: string };

const OPEN_PR = "repo.open_pr";
const TIME_LIMIT_MS = 60_000;
const ADDRESS = /^https:\/\/\S+$/m;

/**
 * Open a draft pull request by `gh`, where that is there and the contract grants it; otherwise nothing happens and the reason
 * is the answer (spec 04 §4.13). A branch that has a pull request already is left as it is. Never throws.
 */
export async function openDraft(ctx: Ctx, task: StepSubject, body: string): Promise<OpenedDraft> {
  const not = (reason: string): OpenedDraft => ({ state: "not_opened", reason });
  try {
    const { cwd, verdict } = await ctx.store.read(async (tx) => {
      const config = await tx.db.manager_configs.findUnique({
        where: { task_id: task.id },
        select: { permissions_json: true },
      });
      const permissions = config === null ? undefined : (parsed(config.permissions_json) ?? null);
      const grants = await grantsOfTask(tx, task.id);
      const binding = await liveBindingOf(tx, task.id);
      return {
        cwd: binding?.worker_session?.cwd ?? null,
        verdict: mayHappen({ permissions, handoff_id: null, grants }, { action: OPEN_PR, scope: { now: tx.now } }),
      };
    });
    if (!verdict.allowed) return not(`${OPEN_PR} is not granted`);
    if (cwd === null || !existsSync(cwd)) return not("nothing says where the work is");
    await ctx.host.mayAct();
    const options = { cwd, env: ctx.host.env, signal: ctx.signal, time_limit_ms: TIME_LIMIT_MS };
    const known = await exec(["gh", "pr", "view", "--json", "url", "--jq", ".url"], options);
    const there = ADDRESS.exec(known.stdout)?.[0];
    if (known.exit_code === 0 && there !== undefined) return { state: "opened", url: there };
    await ctx.store.write((tx) => useGrants(tx, task.id, verdict.grant_ids ?? []));
    const argv = ["gh", "pr", "create", "--draft", "--title", task.name, "--body-file", "-"];
    const made = await exec(argv, { ...options, input: body });
    const url = ADDRESS.exec(made.stdout)?.[0];
    return made.exit_code === 0 && url !== undefined
      ? { state: "opened", url }
      : not(`gh could not open it (exit code ${made.exit_code}): push the branch first`);
  } catch (thrown) {
    const { code = "error" } = thrown as { code?: string };
    return not(code === "tool_missing" ? "gh is not installed" : `gh could not be asked (${code})`);
  }
}
