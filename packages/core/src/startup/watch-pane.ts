import { ConveyorError } from "@conveyor/contracts/errors";
import type { Agent, PaneScreen, Readiness, StartedPane, TypingTarget } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { startedTarget } from "../shared/typing/index.ts";

const PRESS_EVERY_MS = 1_000;
export interface StartLook {
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
  readonly #agent: Agent;
  readonly #target: TypingTarget;
  readonly #acceptTrust: boolean;
  #lastPress = Number.NEGATIVE_INFINITY;

  constructor(ctx: HostCtx, agent: Agent, pane: StartedPane, { accept_trust }: { accept_trust: boolean }) {
    this.#ctx = ctx;
    this.#agent = agent;
    this.#target = startedTarget(agent, pane);
    this.#acceptTrust = accept_trust;
  }

  /** One look; sends Enter when it may and the screen shows the trust question, at most once per second. */
  async look(): Promise<StartLook> {
    try {
      const screen = await this.#ctx.host.tmux.screen(this.#target, 0);
      if (asksForTrust(this.#agent, screen)) return { ended: false, reason: await this.#answerTrust() };
      return { ended: false, reason: startupOf(this.#agent, screen).reason };
    } catch (thrown) {
      if (isGone(thrown)) return { ended: true, reason: null };
      throw thrown;
    }
  }

  async #answerTrust(): Promise<string> {
    const { title } = this.#agent;
    if (!this.#acceptTrust) return `${title} asks whether it may trust the folder, and --accept-trust was not given`;
    const now = this.#ctx.host.clock.monotonic_ms();
    if (now - this.#lastPress < PRESS_EVERY_MS) return `${title} asks whether it may trust the folder`;
    this.#lastPress = now;
    try {
      // Looks again right before the key: what else Enter could confirm must not get it.
      await this.#ctx.host.tmux.pushText({
        target: this.#target,
        text: "",
        ready: (screen) => onlyTrust(this.#agent, screen),
        screen_lines: 0,
      });
      this.pressed += 1;
    } catch (thrown) {
      if (!(thrown instanceof ConveyorError) || thrown.code !== "pane_not_ready") throw thrown;
    }
    return `${title} asked whether it may trust the folder and was told yes`;
  }
}

function startupOf({ pane }: Agent, screen: PaneScreen) {
  return pane.classify({ ...screen, status_age_seconds: null, busy_wait_seconds: 30 }).startup;
}

function asksForTrust(agent: Agent, screen: PaneScreen): boolean {
  return startupOf(agent, screen).state === "needs_trust";
}

function onlyTrust(agent: Agent, screen: PaneScreen): Readiness {
  return asksForTrust(agent, screen)
    ? { ok: true, pattern: "trust_prompt" }
    : { ok: false, pattern: "not_trust_prompt", reason: "the trust question is no longer shown" };
}

function isGone(thrown: unknown): boolean {
  const codes = ["tmux_no_server", "tmux_session_missing", "tmux_pane_missing"];
  return thrown instanceof ConveyorError && codes.includes(thrown.code);
}
