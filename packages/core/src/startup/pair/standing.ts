import type { StartedSession } from "@conveyor/contracts";
import { ConveyorError, ownHint } from "@conveyor/contracts/errors";
import { killCommand } from "@conveyor/contracts/terminal-commands";
import type { Settings } from "../../ctx.ts";
import { commandLine } from "../../shared/command-line.ts";

/** How far a `pair` got. */
export interface PairProgress {
  task: { name: string; created: boolean };
  worker: StartedSession | null;
  manager: StartedSession | null;
  binding_id: string | null;
  run_id: string | null;
}

/**
 * The error of a `pair` that broke off in the middle: what went wrong, what stands anyway, and how to clean up or
 * go on (spec 01 §6.3). Keeps the code. Pure.
 */
export function brokenPair(settings: Settings, progress: PairProgress, error: ConveyorError): ConveyorError {
  const sessions = [progress.worker, progress.manager].filter((session) => session !== null);
  const standing = [
    `task ${progress.task.name}${progress.task.created ? " (created)" : ""}`,
    ...sessions.map(({ role, name, tmux_session }) => `${role} ${name} (registered, running in ${tmux_session})`),
    ...(progress.binding_id === null ? [] : [`binding ${progress.binding_id}`]),
    ...(progress.run_id === null ? [] : [`run ${progress.run_id}`]),
  ];
  const cleanup = [
    ...(progress.binding_id === null ? [] : [commandLine(settings, ["finish-task", progress.task.name])]),
    ...sessions.flatMap(({ name, tmux_session }) => [
      killCommand(tmux_session),
      commandLine(settings, ["deregister", name]),
    ]),
  ];
  const hints = [ownHint(error), cleanup.length === 0 ? undefined : `to clean up: ${cleanup.join("; ")}`];
  return new ConveyorError(error.code, `${error.message}; this stands: ${standing.join(", ")}`, {
    hint: hints.filter((hint) => hint !== undefined).join("; ") || undefined,
    details: {
      ...error.details,
      standing: {
        task: progress.task.name,
        task_created: progress.task.created,
        worker: progress.worker?.name ?? null,
        manager: progress.manager?.name ?? null,
        binding_id: progress.binding_id,
        run_id: progress.run_id,
      },
      cleanup_commands: cleanup,
    },
    cause: error,
  });
}
