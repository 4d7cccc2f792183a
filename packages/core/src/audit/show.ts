import type { AuditSection, Input, Output } from "@conveyor/contracts";
import { AUDIT_SECTIONS } from "@conveyor/contracts/audit/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type ChainSources, correlationChains } from "../shared/correlation-chains.ts";
import { resolveTask } from "../shared/references.ts";
import { type AuditRow, loadSection, type SectionFilter } from "./sections.ts";

/** Everything recorded about one task, by section, plus the task itself. */
export type AuditDocument = { [Section in AuditSection]: AuditRow[] };

/** What correlation chains are derived from. */
const CHAIN_SOURCES = ["commands", "command_attempts", "routed_notifications", "manager_decisions"] as const;

/**
 * The recorded history of a task, of each section the newest rows within the limit (spec 07 §7.10.1). Content is redacted unless asked for. Throws `not_found`,
 * `invalid_input` for an unknown section.
 */
export async function show(ctx: Ctx, input: Input<"audit.show">): Promise<Output<"audit.show">> {
  const wanted = parseSections(input.sections);
  return ctx.store.read(async (tx) => {
    const { seq: _seq, updated_seq: _updatedSeq, ...task } = resolveTask(tx, input.task);
    const document = await loadAudit(tx, wanted, {
      task_id: task.id,
      since: sinceInstant(input.since, ctx.host.clock.now()),
      newest: input.limit ?? LIST_ROWS,
      event_types: input.type,
    });
    const cut_sections =
      input.limit === undefined ? wanted.filter((section) => document[section].length >= LIST_ROWS) : [];
    return {
      ...(document as unknown as Omit<Output<"audit.show">, "task">),
      task: task as Output<"audit.show">["task"],
      ...(cut_sections.length > 0 && { cut_sections }),
    };
  });
}

/** Load the wanted sections within one transaction; derived ones bring their sources along only as far as needed. */
export async function loadAudit<Section extends AuditSection>(
  tx: ReadTx,
  wanted: readonly Section[],
  filter: SectionFilter,
): Promise<Pick<AuditDocument, Section>> {
  const loaded: Partial<AuditDocument> = {};
  const load = async (section: Exclude<AuditSection, "correlation_chains">): Promise<AuditRow[]> =>
    (loaded[section] ??= await loadSection(tx, section, filter));
  const document: Partial<AuditDocument> = {};
  for (const section of wanted as readonly AuditSection[]) {
    if (section !== "correlation_chains") {
      document[section] = await load(section);
      continue;
    }
    const sources = { commands: [], command_attempts: [], routed_notifications: [], manager_decisions: [] } as Record<
      (typeof CHAIN_SOURCES)[number],
      AuditRow[]
    >;
    for (const source of CHAIN_SOURCES) sources[source] = await load(source);
    document.correlation_chains = orderedChains(sources);
  }
  return document as Pick<AuditDocument, Section>;
}

/** The chains with their place in the ledger's order: that of the command, else of the item. */
function orderedChains(sources: ChainSources): AuditRow[] {
  const places = new Map<unknown, number>(
    [...sources.commands, ...sources.routed_notifications].map((row) => [row["id"], row.seq]),
  );
  return correlationChains(sources).map((chain) => ({
    ...chain,
    seq: places.get(chain.command_id ?? chain.routed_notification_ids[0]) ?? 0,
  }));
}

function parseSections(text: string | undefined): readonly AuditSection[] {
  if (text === undefined) return AUDIT_SECTIONS;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !(AUDIT_SECTIONS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new ConveyorError("invalid_input", `there is no audit section ${JSON.stringify(unknown)}`, {
      hint: `sections are: ${AUDIT_SECTIONS.join(", ")}`,
      details: { section: unknown },
    });
  }
  return AUDIT_SECTIONS.filter((section) => names.includes(section));
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** The instant that `--since` means: a window back from now, or a timestamp. Throws `invalid_input` for an impossible date. */
export function sinceInstant(since: string | undefined, now: Date): string | undefined {
  if (since === undefined) return undefined;
  const window = /^(\d+)([smhdw])$/i.exec(since);
  const instant =
    window === null
      ? new Date(since)
      : new Date(now.getTime() - Number(window[1]) * UNIT_MS[window[2]?.toLowerCase() as keyof typeof UNIT_MS]);
  if (Number.isNaN(instant.getTime())) {
    throw new ConveyorError("invalid_input", `${JSON.stringify(since)} is not a time`, {
      hint: "use a window such as 30m, 24h or 7d, or an ISO timestamp",
    });
  }
  return instant.toISOString();
}
