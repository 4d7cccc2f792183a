import type { Output } from "@conveyor/contracts";
import { lines } from "./text.ts";

type Opened = Pick<Output<"terminals.open">, "attach_command" | "command" | "dry_run" | "terminal" | "tmux_session">;

/** Where the window was opened, or would be (spec 01 §6.12). */
export function openedText(whose: string, opened: Opened): string {
  const { attach_command, command, dry_run, terminal, tmux_session } = opened;
  return lines(
    `${dry_run ? "would open" : "opened"} ${terminal} on ${whose} (tmux session ${tmux_session})`,
    command !== undefined && `with: ${command.join(" ")}`,
    `attach by hand: ${attach_command}`,
  );
}
