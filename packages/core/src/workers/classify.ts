import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readWhole } from "@conveyor/files";
import type { HostCtx } from "../ctx.ts";

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Say what a screen of an agent means, and which keys would be sent into it (spec 02 §8.5). Throws `usage` without a screen,
 * `invalid_input` for a file that cannot be read.
 */
export async function classify(
  { agents, host }: HostCtx,
  input: Input<"workers.classify">,
): Promise<Output<"workers.classify">> {
  const { status_age_seconds, busy_wait_seconds, title } = input;
  const screen = { text: input.text ?? readScreenFile(input.file), title, at: host.clock.now() };
  const { pane } = agents.standard;
  const { classifier, startup, attention, patterns } = pane.classify({
    ...screen,
    status_age_seconds,
    busy_wait_seconds,
  });
  const { text_allowed, enter_allowed, pattern, reason } = pane.readiness(screen);
  return {
    startup: startup.state,
    startup_reason: startup.reason,
    busy_wait: classifier,
    status_age_seconds,
    busy_wait_seconds,
    attention,
    patterns: [...patterns],
    text_allowed,
    enter_allowed,
    obstacle: pattern,
    obstacle_reason: pattern === null ? null : reason,
  };
}

function readScreenFile(path: string | undefined): string {
  if (path === undefined) {
    throw new ConveyorError("usage", "there is no screen to classify", {
      hint: "give --text, --file, or standard input",
    });
  }
  const read = readWhole(path, { most_bytes: MOST_BYTES });
  if (read.ok) return read.text;
  throw new ConveyorError(
    "invalid_input",
    `${path} ${read.missing ? "cannot be read: there is no such file" : read.reason}`,
    {
      hint: "give the file of a captured screen, or its text with --text",
      details: { path, reason: read.code },
    },
  );
}
