import { ConveyorError } from "@conveyor/contracts/errors";
import { exec } from "@conveyor/host";
import type { Ctx, HostCtx } from "../../ctx.ts";

const LIMIT_MS = 60_000;

/** What a command that was really run came to. */
export interface RanItself {
  returncode: number | null;
  stdout: string;
  stderr: string;
}

/** Throws `precondition_failed` where nothing says how this program is started, as in a script that uses the SDK. */
export function assertKnowsItself({ settings }: HostCtx): void {
  if (settings.self.length > 0) return;
  throw new ConveyorError(
    "precondition_failed",
    "this scenario runs the program itself, and how that is started is not known",
    {
      hint: "play it with the command line: `conveyor qa-run`",
    },
  );
}

/** Run this very program on the stage's ledger, as a process of its own. Throws what `exec` throws. */
export async function runItself(ctx: Ctx, argv: readonly string[]): Promise<RanItself> {
  const { self, ledger_path } = ctx.settings;
  const ran = await exec([...self, ...argv, "--path", ledger_path], {
    // Whatever server the caller talks to: this is about the ledger that is named.
    env: { ...ctx.host.env, CONVEYOR_SERVER: "", CONVEYOR_OUTPUT: "" },
    time_limit_ms: LIMIT_MS,
    signal: ctx.signal,
  });
  return { returncode: ran.exit_code, stdout: ran.stdout, stderr: ran.stderr };
}
