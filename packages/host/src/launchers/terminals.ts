import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { shellQuote } from "@conveyor/contracts/shell-quote";

/** What a caller asks for; `auto` takes the first that there is. */
export type TerminalChoice = "auto" | "ghostty" | "terminal";

/** A terminal program with the arguments that make it open a window on a command. */
export interface TerminalLauncher {
  terminal: string;
  argv: string[];
}

interface MacTerminal {
  terminal: Exclude<TerminalChoice, "auto">;
  /** Its application; without one it belongs to the system. */
  application: string | null;
  argv: (command: readonly string[]) => string[];
}

const GHOSTTY_FOLDERS = ["/Applications", "~/Applications"];

/** Terminals of macOS, best first (spec 01 §6.12). */
const MAC_TERMINALS: readonly MacTerminal[] = [
  {
    terminal: "ghostty",
    application: "Ghostty.app",
    argv: (command) => ["open", "-na", "Ghostty.app", "--args", "-e", ...command],
  },
  {
    terminal: "terminal",
    application: null,
    argv: (command) => [
      "osascript",
      ...["-e", `tell application "Terminal" to do script ${appleScriptText(command.map(shellQuote).join(" "))}`],
      ...["-e", 'tell application "Terminal" to activate'],
    ],
  },
];

/**
 * The terminal program for a window that runs `command`: the one that CONVEYOR_TERMINAL names (words, separated by
 * blanks; the command follows them), on macOS else Ghostty or Terminal. Null where none is known. Pure but for a look
 * whether Ghostty is installed.
 */
export function terminalLauncher(
  command: readonly string[],
  options: { platform: NodeJS.Platform; env: Env; choice: TerminalChoice },
): TerminalLauncher | null {
  const { platform, env, choice } = options;
  const configured = (env["CONVEYOR_TERMINAL"] ?? "").split(/\s+/).filter((word) => word !== "");
  const program = configured[0];
  if (program !== undefined && (choice === "auto" || platform !== "darwin")) {
    return { terminal: basename(program), argv: [...configured, ...command] };
  }
  return platform === "darwin" ? macLauncher(command, choice, env) : null;
}

/** What macOS would run, for a dry run anywhere else. Null for `auto`, which depends on what is installed. Pure. */
export function macPreview(command: readonly string[], choice: TerminalChoice): TerminalLauncher | null {
  const row = MAC_TERMINALS.find(({ terminal }) => terminal === choice);
  return row === undefined ? null : { terminal: row.terminal, argv: row.argv(command) };
}

function macLauncher(command: readonly string[], choice: TerminalChoice, env: Env): TerminalLauncher | null {
  const row = MAC_TERMINALS.find(({ terminal, application }) =>
    choice === "auto" ? application === null || isInstalled(application, env) : terminal === choice,
  );
  return row === undefined ? null : { terminal: row.terminal, argv: row.argv(command) };
}

function isInstalled(application: string, env: Env): boolean {
  return GHOSTTY_FOLDERS.some((folder) =>
    existsSync(`${folder.replace(/^~/, env["HOME"] ?? "/nonexistent")}/${application}`),
  );
}

function appleScriptText(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
