import { ConveyorError } from "@conveyor/contracts/errors";
import type { ControlEnd } from "@conveyor/contracts/terminals/wire";
import type { Ctx } from "@conveyor/core";
import { type TerminalControl, takeControl, type ViewedTerminal } from "@conveyor/core/terminals/hands";

/** A person who types nothing for so long does not type any more, in milliseconds: what waits for the terminal goes on. */
const IDLE_MS = 300_000;

/** Told of what becomes of its hold by the window that types. */
export interface Typist {
  onEnd(reason: ControlEnd): void;
}

interface Hold {
  typist: Typist;
  control: TerminalControl;
  byte_count: number;
  idle: NodeJS.Timeout;
}

/** Which window of this server types in which terminal; one at most in each. */
export class Hands {
  readonly #holds = new Map<string, Hold>();
  readonly #taking = new Set<string>();

  /**
   * Let a window type. Throws `conflict` when another one does and `force` is not given, and what taking the keyboard
   * throws.
   */
  async take(ctx: Ctx, viewed: ViewedTerminal, { typist, force }: { typist: Typist; force: boolean }): Promise<void> {
    const key = keyOf(viewed);
    const before = this.#holds.get(key);
    if (before?.typist === typist) return;
    if ((before !== undefined && !force) || this.#taking.has(key)) {
      throw new ConveyorError("conflict", "another window types in this terminal", {
        hint: "take control here, and the other window only looks on",
        details: { kind: "terminal", session: viewed.session },
      });
    }
    this.#taking.add(key);
    try {
      if (before !== undefined) await this.#end(key, before, "taken_elsewhere");
      const control = await takeControl(ctx, viewed, () => {
        const hold = this.#holds.get(key);
        if (hold?.control === control) void this.#end(key, hold, "lost");
      });
      const hold: Hold = { typist, control, byte_count: 0, idle: setTimeout(() => undefined) };
      hold.idle = setTimeout(() => void this.#end(key, hold, "idle"), IDLE_MS);
      this.#holds.set(key, hold);
    } finally {
      this.#taking.delete(key);
    }
  }

  /** Whether this window types, and if so note that it did. */
  types(viewed: ViewedTerminal, typist: Typist, byte_count: number): boolean {
    const hold = this.#holds.get(keyOf(viewed));
    if (hold?.typist !== typist) return false;
    hold.byte_count += byte_count;
    hold.idle.refresh();
    return true;
  }

  /** This window does not type any more, if it did. */
  async end(viewed: ViewedTerminal, typist: Typist, reason: ControlEnd): Promise<void> {
    const hold = this.#holds.get(keyOf(viewed));
    if (hold?.typist === typist) await this.#end(keyOf(viewed), hold, reason);
  }

  async #end(key: string, hold: Hold, reason: ControlEnd): Promise<void> {
    clearTimeout(hold.idle);
    if (this.#holds.get(key) === hold) this.#holds.delete(key);
    // Told first: nothing that is typed from now on arrives.
    hold.typist.onEnd(reason);
    await hold.control.release(reason, hold.byte_count);
  }
}

const keyOf = ({ target, tmux_session }: ViewedTerminal) => `${target.socket_path ?? ""}\n${tmux_session}`;
