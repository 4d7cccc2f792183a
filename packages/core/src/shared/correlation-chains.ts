/** A row of one of the sources; only what a chain needs of it. JSON columns are parsed and lack the suffix. */
type ChainRow = Readonly<Record<string, unknown>> & { seq: number };

/** Rows of one task, each list ascending by sequence. */
export interface ChainSources {
  commands: readonly ChainRow[];
  command_attempts: readonly ChainRow[];
  routed_notifications: readonly ChainRow[];
  manager_decisions: readonly ChainRow[];
}

/** A command, or a notification that no command asked for, with everything that it led to (spec 03 §6.13). */
export interface CorrelationChain {
  attempt_ids: number[];
  command_id: string | null;
  command_state: string;
  command_type: string;
  correlation_id: string | null;
  created_at: string;
  manager_cycle_id: number | null;
  manager_decision_id: number | null;
  routed_notification_ids: number[];
  /** Chains of commands only. */
  manager_decision_cycle_id?: number | null;
  /** Chains of notifications without a command only. */
  signal_type?: string;
  source_event_id?: number | null;
}

/** One chain per command and one per notification without a command, in the order of the ledger. Pure. */
export function correlationChains(sources: ChainSources): CorrelationChain[] {
  const attempts = groupBy(sources.command_attempts, "command_id");
  const notifications = groupBy(sources.routed_notifications, "command_id");
  const decisions = new Map(sources.manager_decisions.map((decision) => [decision["id"], decision]));
  const ofCommands = sources.commands.map((command) => ({
    seq: command.seq,
    chain: commandChain(command, attempts.get(command["id"]) ?? [], notifications.get(command["id"]) ?? [], decisions),
  }));
  const ofItems = (notifications.get(null) ?? []).map((notification) => ({
    seq: notification.seq,
    chain: itemChain(notification, sources.manager_decisions),
  }));
  return [...ofCommands, ...ofItems].sort((a, b) => a.seq - b.seq).map(({ chain }) => chain);
}

function commandChain(
  command: ChainRow,
  attempts: readonly ChainRow[],
  notifications: readonly ChainRow[],
  decisions: ReadonlyMap<unknown, ChainRow>,
): CorrelationChain {
  const decision = decisions.get(decisionIdOf(command["payload"]) ?? decisionIdOf(command["result"]));
  const consumedBy = notifications.find((item) => item["consumed_manager_cycle_id"] !== null)?.[
    "consumed_manager_cycle_id"
  ];
  const decisionCycle = (decision?.["manager_cycle_id"] ?? null) as number | null;
  return {
    attempt_ids: attempts.map((attempt) => attempt["id"] as number),
    command_id: command["id"] as string,
    command_state: command["state"] as string,
    command_type: command["type"] as string,
    correlation_id: command["correlation_id"] as string | null,
    created_at: command["created_at"] as string,
    manager_cycle_id: (consumedBy as number | undefined) ?? decisionCycle,
    manager_decision_cycle_id: decisionCycle,
    manager_decision_id: (decision?.["id"] ?? null) as number | null,
    routed_notification_ids: notifications.map((item) => item["id"] as number),
  };
}

function itemChain(item: ChainRow, decisions: readonly ChainRow[]): CorrelationChain {
  const cycle = (item["consumed_manager_cycle_id"] ?? null) as number | null;
  const decision = cycle === null ? undefined : decisions.find((one) => one["manager_cycle_id"] === cycle);
  return {
    attempt_ids: [],
    command_id: null,
    command_state: item["state"] as string,
    command_type: item["signal_type"] as string,
    correlation_id: item["correlation_id"] as string,
    created_at: item["created_at"] as string,
    manager_cycle_id: cycle,
    manager_decision_id: (decision?.["id"] ?? null) as number | null,
    routed_notification_ids: [item["id"] as number],
    signal_type: item["signal_type"] as string,
    source_event_id: (item["source_event_id"] ?? null) as number | null,
  };
}

/** The decision that a payload or a result names: `decision_id`, else `decision.id`, else `id`; a number or its digits. */
export function decisionIdOf(holder: unknown): number | null {
  const decision = member(holder, "manager_decision");
  for (const id of [
    member(decision, "decision_id"),
    member(member(decision, "decision"), "id"),
    member(decision, "id"),
  ]) {
    if (typeof id === "number" && Number.isInteger(id)) return id;
    if (typeof id === "string" && /^\d+$/.test(id)) return Number(id);
  }
  return null;
}

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined;
}

function groupBy(rows: readonly ChainRow[], key: string): Map<unknown, ChainRow[]> {
  const groups = new Map<unknown, ChainRow[]>();
  for (const row of rows) {
    const group = groups.get(row[key]);
    if (group === undefined) groups.set(row[key], [row]);
    else group.push(row);
  }
  return groups;
}
