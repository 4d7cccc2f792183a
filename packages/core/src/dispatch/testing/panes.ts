import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHost, exec } from "@conveyor/host";
import type { Ctx } from "../../ctx.ts";
import type { World } from "../../testing/world.ts";

/** A tmux server of a test's own, with programs in it that behave like an agent's terminal. */
export class Panes {
  readonly socket_name = `conveyor-test-${randomBytes(6).toString("hex")}`;
  readonly ctx: Ctx;
  readonly #folder = mkdtempSync(join(tmpdir(), "conveyor-panes-"));

  constructor(world: World) {
    const { tmux } = createHost({ tmux: { socket_name: this.socket_name, config_file: "/dev/null" } });
    this.ctx = { ...world.ctx, host: { ...world.host, tmux } };
  }

  /** A composer that shows what is typed and takes it with Enter; `dialog` stands there instead until it goes away. */
  async composer(session: string, dialog = ""): Promise<void> {
    const program = `
      const fs = require("node:fs");
      process.stdin.setRawMode(true);
      process.stdout.write("\\u001b[?2004h" + ${JSON.stringify(dialog)}.replaceAll("\\n", "\\r\\n") + "\\r\\n");
      if (${JSON.stringify(dialog)} === "") process.stdout.write("› ");
      else process.stdout.write("shown");
      process.stdin.on("data", (bytes) => {
        fs.appendFileSync(${JSON.stringify(this.#log(session))}, bytes);
        const text = bytes.toString("utf8").replace(/\\u001b\\[20[01]~/g, "");
        if (text.endsWith("\\r")) process.stdout.write("\\r\\n• taken\\r\\n\\r\\n› ");
        else process.stdout.write(text.slice(0, 40).replace(/[^ -~]/g, "."));
      });
    `;
    await this.ctx.host.tmux.start({ session, cwd: this.#folder, argv: [process.execPath, "-e", program] });
    const ready = dialog === "" ? "›" : "shown";
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
    return existsSync(this.#log(session)) ? readFileSync(this.#log(session), "utf8") : "";
  }

  async close(): Promise<void> {
    await exec(["tmux", "-L", this.socket_name, "kill-server"]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #log(session: string): string {
    return join(this.#folder, `${session}.log`);
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
