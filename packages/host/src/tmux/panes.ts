import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { TmuxClient, TmuxCommand } from "./client.ts";
import type { Pane, PaneScreen, PaneTarget } from "./types.ts";

const MAX_CAPTURE_LINES = 50_000;
const MAX_CAPTURE_BYTES = 64 * 1024 * 1024;

/** Colons separate: a session name cannot contain one, and the title, which can, comes last. */
const PANE_FORMAT =
  "#{pane_id}:#{pane_pid}:#{pane_dead}:#{pane_in_mode}:#{pane_synchronized}:#{&&:#{window_active},#{pane_active}}:#{session_name}:#{pane_title}";
const PANE_LINE = /^(%\d+):(\d+):(\d*):(\d*):(\d*):([01]):([^:]*):(.*)$/;

/** All panes of the server; none when no server runs. */
export async function listPanes(client: TmuxClient): Promise<Pane[]> {
  try {
    return await listPanesOfServer(client);
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code === "tmux_no_server") return [];
    throw thrown;
  }
}

async function listPanesOfServer(client: TmuxClient): Promise<Pane[]> {
  // Names are compared here and not by tmux, which would also match prefixes, patterns and the terminals of clients.
  const listing = await client.run([["list-panes", "-a", "-F", PANE_FORMAT]]);
  return listing.split("\n").flatMap((line) => {
    const [, pane_id, pid, dead, mode, synchronized, active, session, title] = PANE_LINE.exec(line) ?? [];
    if (pane_id === undefined || session === undefined) return [];
    return {
      session,
      pane_id,
      pid: Number(pid),
      title: title ?? "",
      dead: dead === "1",
      in_mode: mode !== "0" && mode !== "",
      active: active === "1",
      synchronized: synchronized === "1",
    };
  });
}

/** See `Tmux.paneOf`. */
export async function paneOf(client: TmuxClient, target: PaneTarget): Promise<Pane> {
  const ofSession = (await listPanesOfServer(client)).filter((pane) => pane.session === target.session);
  if (ofSession.length === 0) throw sessionMissing(target.session);
  const pane = ofSession.find((one) => (target.pane_id ? one.pane_id === target.pane_id : one.active));
  if (pane === undefined) {
    throw new ConveyorError("tmux_pane_missing", `tmux session ${target.session} has no pane ${target.pane_id}`, {
      hint: `\`tmux list-panes -s -t ${shellQuote(`=${target.session}:`)}\` shows its panes; register the session again with the right one`,
      details: { session: target.session, pane_id: target.pane_id },
    });
  }
  if (pane.dead) {
    throw new ConveyorError("tmux_pane_missing", `the program in pane ${pane.pane_id} of ${target.session} has ended`, {
      hint: "start the session again",
      details: { session: target.session, pane_id: pane.pane_id },
    });
  }
  return pane;
}

export function sessionMissing(session: string): ConveyorError {
  return new ConveyorError("tmux_session_missing", `tmux session ${session} is not running`, {
    hint: "`tmux list-sessions` shows what runs",
    details: { session },
  });
}

/** The text of a pane with every trailing newline. See `Tmux.capture`. */
export async function captureRaw(client: TmuxClient, paneId: string, lines: number): Promise<string> {
  return client.run([captureCommand(paneId, lines)], { max_output_bytes: MAX_CAPTURE_BYTES });
}

/** Text and title in one call, so that they are of the same moment. */
export async function screenOf(client: TmuxClient, paneId: string, lines: number): Promise<PaneScreen> {
  const output = await client.run(
    [["display-message", "-p", "-t", paneId, "#{pane_title}"], captureCommand(paneId, lines)],
    { max_output_bytes: MAX_CAPTURE_BYTES },
  );
  const endOfTitle = output.indexOf("\n");
  const text = withoutTrailingNewlines(output.slice(endOfTitle + 1));
  return { title: output.slice(0, endOfTitle), text, at: client.clock.now() };
}

/** The scrollback and the screen of a pane with its colours, as a terminal would be sent them. See `Tmux.history`. */
export async function colouredHistory(client: TmuxClient, paneId: string, lines: number): Promise<string> {
  const [name, ...args] = captureCommand(paneId, lines);
  const text = await client.run([[name, "-e", ...args]], { max_output_bytes: MAX_CAPTURE_BYTES });
  return withoutTrailingNewlines(text);
}

export function withoutTrailingNewlines(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "\n") end -= 1;
  return text.slice(0, end);
}

function captureCommand(paneId: string, lines: number): TmuxCommand {
  if (!Number.isInteger(lines) || lines < 0 || lines > MAX_CAPTURE_LINES) {
    throw new ConveyorError(
      "invalid_input",
      `lines must be a whole number from 0 to ${MAX_CAPTURE_LINES}, not ${lines}`,
    );
  }
  return ["capture-pane", "-p", "-S", `-${lines}`, "-t", paneId];
}
