/** The commands that spec 01 §8 assigns to its first two chapters, in its order. */
export const INVENTORY: readonly { chapter: "01" | "02"; commands: readonly string[] }[] = [
  {
    chapter: "01",
    commands: [
      ...[
        "start-worker",
        "start-manager",
        "pair",
        "register-worker",
        "register-manager",
        "deregister",
        "sessions",
        "tasks",
      ],
      ...[
        "bind",
        "unbind",
        "discover",
        "search",
        "create-disposable-binding",
        "finish-task",
        "stop-task",
        "stop",
        "open",
      ],
      ...[
        "open-worker",
        "open-manager",
        "reconcile",
        "doctor",
        "doctor-self",
        "db-doctor",
        "install-skills",
        "import-compat",
      ],
      ...[
        "create",
        "start",
        "start-test",
        "list",
        "status",
        "idle-check",
        "capture",
        "nudge",
        "interrupt",
        "update-status",
      ],
      ...["classify", "events"],
    ],
  },
  {
    chapter: "02",
    commands: [
      ...["cycle", "ingest", "tail", "divergences", "session-nudge", "session-interrupt", "transcript-capture"],
      ...["transcript-show", "transcript-prune", "prune"],
    ],
  },
];
