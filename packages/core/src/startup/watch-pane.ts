import { ConveyorError } from "@conveyor/contracts/errors";
import { agentOfKind, type PaneScreen, type Readiness, type StartedPane, type TypingTarget } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { startedTarget } from "../shared/typing/index.ts";

const PRESS_EVERY_MS = 1_000;
const agent = agentOfKind("codex");
const { pane: semantics } = agent;

export interface PaneLook {
  /** The program in the pane has ended, or the pane is gone. */
  ended: boolean;
  /** What the screen says about the start, in words. */
  reason: string | null;
}

/** Looks at the pane of an agent that is starting, and answers its trust question if it may. */
export class PaneWatch {
  /** How often Enter was sent. */
  pressed = 0;
  readonly #ctx: HostCtx;
  readonly #target: TypingTarget;
  readonly #acceptTrust: boolean;
  #lastPress = Number.NEGATIVE_INFINITY;

  constructor(ctx: HostCtx, pane: StartedPane, { accept_trust }: { accept_trust: boolean }) {
    this.#ctx = ctx;
    this.#target = startedTarget(agent, pane);
    this.#acceptTrust = accept_trust;
  }

  /** One look; sends Enter when it may and the screen shows the trust question, at most once per second. */
  async look(): Promise<PaneLook> {
    try {
      const screen = await this.#ctx.host.tmux.screen(this.#target, 0);
      if (asksForTrust(screen)) return { ended: false, reason: await this.#answerTrust() };
      return { ended: false, reason: startupOf(screen).reason };
    } catch (thrown) {
      if (isGone(thrown)) return { ended: true, reason: null };
      throw thrown;
    }
  }

  async #answerTrust(): Promise<string> {
    if (!this.#acceptTrust) return "Codex asks whether it may trust the folder, and --accept-trust was not given";
    const now = this.#ctx.host.clock.monotonic_ms();
    if (now - this.#lastPress < PRESS_EVERY_MS) return "Codex asks whether it may trust the folder";
    this.#lastPress = now;
    try {
      // Looks again right before the key: what else Enter could confirm must not get it.
      await this.#ctx.host.tmux.pushText({ target: this.#target, text: "", ready: onlyTrust, screen_lines: 0 });
      this.pressed += 1;
    } catch (thrown) {
      if (!(thrown instanceof ConveyorError) || thrown.code !== "pane_not_ready") throw thrown;
    }
    return "Codex asked whether it may trust the folder and was told yes";
  }
}

function startupOf(screen: PaneScreen) {
  return semantics.classify({ ...screen, status_age_seconds: null, busy_wait_seconds: 30 }).startup;
}

function asksForTrust(screen: PaneScreen): boolean {
  return startupOf(screen).state === "needs_trust";
}

function onlyTrust(screen: PaneScreen): Readiness {
  return asksForTrust(screen)
    ? { ok: true, pattern: "trust_prompt" }
    : { ok: false, pattern: "not_trust_prompt", reason: "the trust question is no longer shown" };
}

function isGone(thrown: unknown): boolean {
  const codes = ["tmux_no_server", "tmux_session_missing", "tmux_pane_missing"];
  return thrown instanceof ConveyorError && codes.includes(thrown.code);
}
