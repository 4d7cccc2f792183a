import type { SessionListItem } from "@conveyor/contracts";
import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import type { Prisma } from "@conveyor/store";
import type { Settings } from "../ctx.ts";
import { judgeStatus } from "../shared/agent-status.ts";
import { recordPlaceOf } from "../shared/recorded.ts";
import { communicationOf } from "./communication.ts";
import { sessionOf } from "./session-record.ts";

const liveBinding = {
  where: { state: { in: [...LIVE_BINDING_STATES] } },
  include: { task: { select: { name: true } } },
} satisfies Prisma.sessions$bindings_as_worker_sessionArgs;

/** What has to be read with a session for its list item. */
export const withLiveBinding = {
  bindings_as_worker_session: liveBinding,
  bindings_as_manager_session: liveBinding,
} satisfies Prisma.sessionsInclude;

export type ListedSessionRow = Prisma.sessionsGetPayload<{ include: typeof withLiveBinding }>;

/** A stored session as lists and live streams show it (spec 01 §6.6). */
export function sessionListItemOf(
  settings: Settings,
  listed: ListedSessionRow,
  alive: boolean | null,
): SessionListItem {
  const { bindings_as_worker_session, bindings_as_manager_session, ...row } = listed;
  const session = sessionOf(row);
  const binding = [...bindings_as_worker_session, ...bindings_as_manager_session][0];
  return {
    ...session,
    communication: communicationOf(settings, session, binding?.task.name),
    binding: binding
      ? {
          id: binding.id,
          task_id: binding.task_id,
          task_name: binding.task.name,
          state: binding.state as NonNullable<SessionListItem["binding"]>["state"],
        }
      : null,
    alive,
    agent_status: judgeStatus({ ...row, ...recordPlaceOf(row) }, alive),
  };
}
