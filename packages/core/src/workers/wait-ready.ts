import type { Output, WorkerStartup } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Agent, StartedPane } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { startedTarget } from "../shared/typing/index.ts";

type Created = Output<"workers.create">;

/** Between two looks at the terminal, in milliseconds (spec 01 §7.2). */
const LOOK_EVERY_MS = 1000;
const LINES = 80;

export interface StartupFinding {
  startup: WorkerStartup;
  reason: string;
}

/**
 * What the wait does next with a finding: end, go on, or answer the trust question, which is asked once and answered
 * once. Pure.
 */
export function nextStep(
  { startup }: StartupFinding,
  trust: { may_accept: boolean; accepted: boolean },
): "end" | "wait" | "accept_trust" {
  switch (startup) {
    case "ready":
    case "working":
    case "error":
    case "exited":
      return "end";
    case "starting":
      return "wait";
    case "needs_trust":
      if (!trust.may_accept) return "end";
      return trust.accepted ? "wait" : "accept_trust";
  }
}

/** What to do about a start that ended with this finding. Pure. */
export function startupAdvice(startup: WorkerStartup): NonNullable<Created["startup_recommended_action"]> {
  if (startup === "needs_trust") return "rerun_with_accept_trust";
  return startup === "starting" || startup === "error" || startup === "exited" ? "inspect_terminal" : "none";
}

export interface ReadyWish {
  pane: StartedPane;
  agent: Agent;
  accept_trust: boolean;
  timeout_seconds: number;
  /** Called before the trust question is answered. */
  onAccept: () => void;
}

/** Look at a starting agent until it is ready, works, fails or asks for trust that nobody may give. */
export async function waitUntilReady(
  ctx: HostCtx,
  wish: ReadyWish,
): Promise<StartupFinding & { trust_accepted: boolean }> {
  const { clock, tmux } = ctx.host;
  const deadline = clock.monotonic_ms() + wish.timeout_seconds * 1000;
  const trust = { may_accept: wish.accept_trust, accepted: false };
  for (;;) {
    const finding = await lookOnce(ctx, wish);
    const step = nextStep(finding, trust);
    if (step === "accept_trust") {
      wish.onAccept();
      await tmux.submit(startedTarget(wish.agent, wish.pane));
      trust.accepted = true;
    }
    if (step === "end" || clock.monotonic_ms() + LOOK_EVERY_MS > deadline)
      return { ...finding, trust_accepted: trust.accepted };
    await clock.sleep(LOOK_EVERY_MS, ctx.signal);
  }
}

async function lookOnce(ctx: HostCtx, { pane, agent }: ReadyWish): Promise<StartupFinding> {
  try {
    const screen = await ctx.host.tmux.screen(pane, LINES);
    const { startup } = agent.pane.classify({ ...screen, status_age_seconds: null, busy_wait_seconds: 0 });
    return { startup: startup.state, reason: startup.reason };
  } catch (thrown) {
    const gone = ["tmux_session_missing", "tmux_pane_missing", "tmux_no_server"];
    if (!(thrown instanceof ConveyorError) || !gone.includes(thrown.code)) throw thrown;
    return { startup: "exited", reason: "its terminal has ended" };
  }
}
