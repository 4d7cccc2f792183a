/** The commands that spec 01 §8 assigns to the chapters that are built, in its order, and our own beside them. */
export const INVENTORY: readonly { chapter: string; commands: readonly string[] }[] = [
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
        "adopt-ledger",
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
      ...["classify", "events", "completions"],
    ],
  },
  {
    chapter: "02",
    commands: [
      ...["cycle", "ingest", "tail", "divergences", "session-nudge", "session-interrupt", "transcript-capture"],
      ...["transcript-show", "transcript-prune", "prune"],
    ],
  },
  {
    chapter: "03",
    commands: [
      ...["dispatch", "enqueue-notify-manager", "enqueue-nudge-worker", "enqueue-continue-iteration"],
      ...["session-inbox", "manager-inbox", "worker-inbox", "inbox-ack", "inbox-release", "commands", "trace"],
    ],
  },
  {
    chapter: "04",
    commands: ["criteria", "record-decision"],
  },
  {
    chapter: "06",
    commands: [
      ...["app-heartbeat", "app-loop-status", "app-wakeup-plan", "app-wakeup-dispatch", "app-wakeup-record-delivery"],
    ],
  },
  {
    chapter: "07",
    commands: ["audit", "replay", "telemetry"],
  },
  {
    chapter: "08",
    commands: ["serve"],
  },
];
