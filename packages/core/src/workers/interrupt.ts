import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { isKeyName, type TypingTarget } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { interrupt as interruptSession, showsRunningTurn } from "../observation/interrupt.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { authorOfCaller } from "../shared/typing/caller.ts";
import { typeText } from "../shared/typing/index.ts";
import { recordEnd, recordStart } from "./actuation.ts";
import { agentOfWorker, findWorker, typingTargetOf, type WorkerSubject } from "./subject.ts";

/** The key that a worker folder gets unless told otherwise. */
const FOLDER_KEY = "C-c";
/** Pause between the key and the follow-up, in milliseconds (spec 01 §7.4). */
const FOLLOWUP_PAUSE_MS = 500;

/**
 * Interrupt a worker and ask it to report; a registered session is interrupted as `session-interrupt` does (spec 01
 * §7.4). Throws `usage` for contradicting flags, `not_found`, `invalid_input` for an unknown key, `nothing_to_interrupt`,
 * the codes of tmux.
 */
export async function interrupt(ctx: Ctx, input: Input<"workers.interrupt">): Promise<Output<"workers.interrupt">> {
  if (input.no_followup && input.followup !== undefined) {
    throw new ConveyorError("usage", "--followup and --no-followup cannot be used together");
  }
  const subject = await findWorker(ctx, input.name);
  const { dry_run } = input;
  if (subject.kind === "session") {
    const { key, followup, time } = await interruptSession(ctx, {
      session: subject.session.id,
      key: input.key,
      followup: input.followup,
      dry_run,
      force: false,
    });
    return { name: subject.name, kind: "session", key, followup, dry_run, time };
  }
  const key = input.key ?? FOLDER_KEY;
  const followup = input.no_followup ? null : (input.followup ?? stockFollowup(ctx, subject.name));
  await press(ctx, subject, { key, followup, dry_run, explicit: input.key !== undefined });
  const time = ctx.host.clock.iso();
  if (!dry_run) subject.folder.appendEvent({ time, type: "interrupt", key, followup_length: followup?.length ?? 0 });
  return { name: subject.name, kind: "folder", key, followup, dry_run, time };
}

/** What an interrupted worker is asked when the caller does not say. */
function stockFollowup({ settings }: Ctx, name: string): string {
  const update = commandLine(settings, ["update-status", name], {
    state: slot("state"),
    current_task: slot("task"),
    next_action: slot("next"),
  });
  return `You were interrupted. Pause, and report with ${update} what was interrupted, whether you are blocked, and the next safe action. Then wait.`;
}

interface Wish {
  key: string;
  followup: string | null;
  dry_run: boolean;
  /** The caller named the key. */
  explicit: boolean;
}

async function press(ctx: Ctx, subject: Extract<WorkerSubject, { kind: "folder" }>, wish: Wish): Promise<void> {
  const { key, followup, dry_run } = wish;
  if (!isKeyName(key)) {
    throw new ConveyorError("invalid_input", `tmux knows no key ${JSON.stringify(key)}`, {
      hint: "for instance C-c, Escape or Enter",
      details: { key },
    });
  }
  const pane = typingTargetOf(ctx, subject);
  const facts = { dry_run, key, followup_length: followup?.length ?? 0 };
  try {
    await assertSomethingRuns(ctx, subject, pane, wish);
    if (dry_run) return;
    await recordStart(ctx, subject, "interrupt", facts);
    await ctx.host.tmux.sendKey(pane, key);
    if (followup !== null) await sendFollowup(ctx, subject, pane, followup);
    await recordEnd(ctx, subject, "interrupt", { ...facts, success: true });
  } catch (thrown) {
    const { code, message } = asConveyorError(thrown);
    await recordEnd(ctx, subject, "interrupt", { ...facts, success: false, error: message, error_type: code });
    throw thrown;
  }
}

/** At an idle composer the key ends the agent, so it is sent there on explicit order only (spec 02 §8.16). */
async function assertSomethingRuns(
  ctx: Ctx,
  subject: WorkerSubject,
  pane: TypingTarget,
  { explicit }: Wish,
): Promise<void> {
  await ctx.host.tmux.prove(pane);
  if (explicit || showsRunningTurn(agentOfWorker(ctx, subject), await ctx.host.tmux.screen(pane, 50))) return;
  throw new ConveyorError("nothing_to_interrupt", `nothing runs in the terminal of ${subject.name}`, {
    hint: "type to it with `conveyor nudge`, or name a --key to send it anyway",
    details: { worker: subject.name },
  });
}

async function sendFollowup(ctx: Ctx, subject: WorkerSubject, target: TypingTarget, text: string): Promise<void> {
  await ctx.host.clock.sleep(FOLLOWUP_PAUSE_MS, ctx.signal);
  const agent = agentOfWorker(ctx, subject);
  await typeText(ctx, {
    agent,
    target,
    rollout_path: null,
    author: await authorOfCaller(ctx),
    text,
    signal: ctx.signal,
  });
}
