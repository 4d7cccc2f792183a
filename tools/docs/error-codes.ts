import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodeOf, SHARED_ERROR_CODES } from "../../packages/contracts/src/index.ts";

export interface ErrorCode {
  code: string;
  exit: number;
  meaning: string;
}

/** What the codes that all areas share mean. */
const MEANINGS: Record<(typeof SHARED_ERROR_CODES)[number], string> = {
  usage: "the command line is wrong: an unknown command or flag, a missing or surplus value",
  invalid_input: "a value is of the right kind but not acceptable",
  not_found: "what was named does not exist; `details.kind` says what kind of thing",
  conflict: "it exists already with other content, or something else holds it",
  terminal_state: "the task is closed",
  gate_failed: "a gate refused; `details` says which condition is not met",
  permission_denied: "the supervision contract does not grant it",
  tool_missing: "a program that is needed is not installed",
  host_denied: "the operating system or a sandbox denies access to tmux or another resource",
  side_effect_failed: "something was really tried and failed",
  timeout: "it took longer than allowed",
  ambiguous: "a prefix or a discovery fits several things; `details` lists them",
  precondition_failed: "the thing exists but is not in the needed shape",
  ledger_missing: "there is no ledger where one was looked for",
  ledger_unsupported: "the ledger was written by another version",
  ledger_invalid: "the file is not a ledger",
  ledger_busy: "another process kept the ledger locked",
  unsupported_platform: "this system cannot do it",
  interrupted: "the user or a signal ended the command",
  too_large: "what was sent or would be answered is longer than allowed; nothing was taken or stored",
  unauthorized: "the server did not accept the token",
  server_unreachable: "the named server does not answer",
  internal: "a defect of Conveyor",
};

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["node_modules", "dist", "generated", "testing"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) yield path;
  }
}

const RAISED = /new ConveyorError\(\s*"([a-z_]+)"/g;

/** Every error code a user can meet: the shared ones, and the narrower ones that the sources raise. */
export function errorCodes(root: string): { shared: ErrorCode[]; narrower: ErrorCode[] } {
  const withExit = (code: string, meaning: string) => ({ code, exit: exitCodeOf({ code, details: {} }), meaning });
  const shared = SHARED_ERROR_CODES.map((code) => withExit(code, MEANINGS[code]));
  const raisedIn = new Map<string, Set<string>>();
  for (const folder of ["packages", "apps"]) {
    for (const file of sourceFiles(join(root, folder))) {
      for (const [, code] of readFileSync(file, "utf8").matchAll(RAISED)) {
        const area = file.slice(root.length).split("/").filter(Boolean);
        const place = area[1] === "core" ? (area[3] ?? "core") : (area[1] ?? "");
        raisedIn.set(code as string, (raisedIn.get(code as string) ?? new Set()).add(place));
      }
    }
  }
  const known = new Set<string>(SHARED_ERROR_CODES);
  const narrower = [...raisedIn]
    .filter(([code]) => !known.has(code))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, places]) => withExit(code, `raised in ${[...places].sort().join(", ")}`));
  return { shared, narrower };
}
