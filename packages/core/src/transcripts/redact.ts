import { createContext, Script } from "node:vm";
import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { maskSecrets, retention } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

/** How long a pattern may take for one text, in milliseconds: some take forever, and keep everybody waiting meanwhile. */
const PATTERN_MS = 1000;

/**
 * Replace every known form of secret, and what the pattern finds, in the content that is kept of a task, and record that it
 * was done (spec 07 §7.13 item 8). The pattern is in no record. Idempotent. Throws `not_found`, `ambiguous`, `invalid_input`
 * for a pattern that is none, and `timeout` for one that takes too long: nothing is changed then.
 */
export async function redact(ctx: Ctx, input: Input<"transcripts.redact">): Promise<Output<"transcripts.redact">> {
  const { pattern, dry_run } = input;
  const replace = pattern === undefined ? undefined : patternScrub(pattern);
  const scrub: retention.Scrub = (text) => {
    const masked = maskSecrets(text) as string;
    return replace === undefined ? masked : replace(masked);
  };
  const found = await ctx.store.fast((tx) => {
    const task = resolveTask(tx, input.task);
    const changed = retention.scrubContents(tx, task.id, scrub, !dry_run);
    const by_table = Object.fromEntries(changed);
    const redacted_count = [...changed.values()].reduce((sum, n) => sum + n, 0);
    if (!dry_run && redacted_count > 0) {
      tx.tell("content_redacted", {
        task_id: task.id,
        attributes: { by: pattern === undefined ? "known_secrets" : "pattern", redacted_count, by_table },
        summary: `secrets were taken out of ${redacted_count} texts of ${task.name}`,
      });
    }
    return { redacted_count, by_table };
  });
  const file_rewritten = !dry_run && found.redacted_count > 0 && (await rewritten(ctx));
  return { dry_run, ...found, file_rewritten };
}

/** What was overwritten is still in the free pages of the file until it is written anew. */
async function rewritten(ctx: Ctx): Promise<boolean> {
  try {
    await ctx.store.compact({ vacuum: true });
    return true;
  } catch (thrown) {
    const { code } = asConveyorError(thrown);
    if (code === "ledger_busy" || code === "ledger_unwritable") return false;
    throw thrown;
  }
}

/** Replaces what a pattern of the user finds, within a time limit. */
function patternScrub(pattern: string): retention.Scrub {
  let found: RegExp;
  try {
    found = new RegExp(pattern, "gu");
  } catch (error) {
    throw new ConveyorError("invalid_input", `the pattern is no regular expression: ${(error as Error).message}`, {
      hint: "put a backslash before characters that have a meaning of their own",
    });
  }
  if (found.test("")) {
    throw new ConveyorError("invalid_input", "the pattern also finds nothing at all, everywhere", {
      hint: "let it ask for at least one character",
    });
  }
  const place = createContext({ found, text: "" });
  const script = new Script('text.replace(found, "[redacted]")');
  return (text) => {
    place["text"] = text;
    try {
      return script.runInContext(place, { timeout: PATTERN_MS }) as string;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw new ConveyorError("timeout", "the pattern takes too long", {
        hint: "make it simpler: no repetition within a repetition",
      });
    }
  };
}
