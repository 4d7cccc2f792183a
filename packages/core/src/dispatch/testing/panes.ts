import { randomBytes } from "node:crypto";
import { createHost, exec } from "@conveyor/host";
import type { Ctx } from "../../ctx.ts";
import type { ComposerOptions } from "../../testing/composer.ts";
import type { World } from "../../testing/world.ts";

/** A tmux server of a test's own, with programs in it that behave like an agent's terminal. */
export class Panes {
  readonly socket_name = `conveyor-test-${randomBytes(6).toString("hex")}`;
  readonly ctx: Ctx;
  readonly #world: World;

  constructor(world: World) {
    const { tmux } = createHost({ tmux: { socket_name: this.socket_name, config_file: "/dev/null" } });
    this.ctx = { ...world.ctx, host: { ...world.host, tmux } };
    this.#world = world;
  }

  /** A composer that shows what is typed and takes it with Enter; `dialog` stands there instead until it goes away. */
  async composer(session: string, dialog = "", options: ComposerOptions = {}): Promise<void> {
    const { composers, cwd } = this.#world;
    const argv = composers.argv(session, { ...options, dialog });
    await this.ctx.host.tmux.start({ session, cwd, argv });
    const ready = dialog === "" ? "›" : (dialog.split("\n")[0] ?? "");
    while (!(await this.ctx.host.tmux.capture({ session }, 0)).includes(ready)) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** The same surroundings, in which `action` happens right before anything is typed. */
  beforeTyping(action: () => Promise<unknown>): Ctx {
    const { host } = this.ctx;
    const pushText: typeof host.tmux.pushText = async (request) => {
      await action();
      return host.tmux.pushText(request);
    };
    return { ...this.ctx, host: { ...host, tmux: { ...host.tmux, pushText } } };
  }

  /** Every byte that reached the program. */
  received(session: string): string {
    return this.#world.composers.received(session);
  }

  async close(): Promise<void> {
    await exec(["tmux", "-L", this.socket_name, "kill-server"]);
  }
}

/** What Codex shows while it waits for an approval. */
export const APPROVAL_DIALOG = [
  "Would you like to run the following command?",
  "",
  "  $ touch file",
  "",
  "› 1. Yes, proceed (y)",
  "  2. Yes, and don't ask again (p)",
  "  3. No (esc)",
  "",
  "Press enter to confirm or esc to cancel",
].join("\n");
