import { ConveyorError } from "@conveyor/contracts/errors";

/** What the system refuses to everybody alike, whatever was being done: how to say it, and what helps. */
const TROUBLE: Readonly<Record<string, { says: string; hint: string }>> = {
  EMFILE: { says: "this process may open no more files", hint: "raise the limit, for instance: ulimit -n 1024" },
  ENFILE: { says: "this machine can open no more files", hint: "end what holds many files open, then try again" },
  ENOMEM: { says: "there is no memory left", hint: "end what needs much of it, then try again" },
  EAGAIN: { says: "this machine can start no more processes", hint: "end some, then try again" },
  ENOSPC: { says: "the disk is full", hint: "free some space, then try again" },
  EDQUOT: { says: "this user's share of the disk is used up", hint: "free some space, then try again" },
  EROFS: { says: "the file system is read-only", hint: "name a ledger elsewhere with --path, or set TMPDIR" },
  ENAMETOOLONG: { says: "a path is longer than the system takes", hint: "use a shorter one" },
};

const MOST_CAUSES = 5;

/**
 * The typed error for something that nobody foresaw where it happened and that only says that the environment is unusable;
 * undefined when it says anything else.
 */
export function environmentTrouble(thrown: unknown): ConveyorError | undefined {
  if (thrown instanceof ConveyorError && thrown.code !== "internal") return undefined;
  let current = thrown;
  for (let depth = 0; depth < MOST_CAUSES && current instanceof Error; depth += 1) {
    const { code } = current as NodeJS.ErrnoException;
    const known = code === undefined ? undefined : TROUBLE[code];
    if (known !== undefined) {
      const details = { reason: code };
      return new ConveyorError("environment_unusable", known.says, { hint: known.hint, details, cause: thrown });
    }
    current = current.cause;
  }
  return undefined;
}
