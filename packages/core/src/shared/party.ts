import type { Role } from "@conveyor/contracts";
import { STANDARD_KIND } from "@conveyor/host";
import type { Prisma } from "@conveyor/store";
import { type RecordColumns, type RecordPlace, recordPlaceOf } from "./recorded.ts";

/** What a worker's folder says of its terminal: the server that it is on, and the process that was started in it. */
export type FolderTerminal = Pick<Party, "tmux_socket" | "terminal_pid" | "terminal_started_at">;

export const NO_TERMINAL: FolderTerminal = { tmux_socket: null, terminal_pid: null, terminal_started_at: null };

/** The same from its configuration; what is damaged counts as missing. */
export function folderTerminal(config: Record<string, unknown>): FolderTerminal {
  const { tmux_socket, agent_pid, agent_started_at } = config;
  const isPid = typeof agent_pid === "number" && Number.isInteger(agent_pid) && agent_pid > 0;
  const isTime = typeof agent_started_at === "string" && !Number.isNaN(Date.parse(agent_started_at));
  return {
    tmux_socket: typeof tmux_socket === "string" && tmux_socket !== "" ? tmux_socket : null,
    terminal_pid: isPid ? agent_pid : null,
    terminal_started_at: isPid && isTime ? agent_started_at : null,
  };
}

/** What has to be read with a binding to know who holds its roles. */
export const withParties = {
  worker_session: true,
  manager_session: true,
  worker: true,
  manager: true,
} as const satisfies Prisma.bindingsInclude;

type BindingRow = Prisma.bindingsGetPayload<{ include: typeof withParties }>;

/** Who holds a role of a binding: a session, or a worker or manager of the folder-based commands. */
export interface Party {
  kind: "session" | "folder_worker" | "folder_manager";
  id: string;
  name: string;
  role: Role;
  state: string;
  agent_kind: string;
  /** Only folder workers have one that is compared with their folder. */
  identity_token: string | null;
  pid: number | null;
  pid_started_at: string | null;
  liveness: string;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  tmux_socket: string | null;
  /** Who has the keyboard of its pane, when no process was named; see `RecordedTerminal`. */
  terminal_pid: number | null;
  terminal_started_at: string | null;
  record_path: string | null;
  thread_id: string | null;
}

export type Parties = Record<Role, Party | null>;

/** The two sides of a binding; records of the folder-based commands come before sessions (spec 07 §7.10.8). */
export function partiesOf(binding: BindingRow | null): Parties {
  if (binding === null) return { worker: null, manager: null };
  const { worker, manager, worker_session, manager_session } = binding;
  return {
    worker: worker ? folderParty("folder_worker", "worker", worker) : worker_session && sessionParty(worker_session),
    manager: manager
      ? folderParty("folder_manager", "manager", manager)
      : manager_session && sessionParty(manager_session),
  };
}

/** A session as one who holds a role. */
export function sessionParty(
  session: Omit<Party, "kind" | "role" | "identity_token" | keyof RecordPlace> & RecordColumns & { role: string },
): Party {
  const { id, name, state, agent_kind, pid, pid_started_at, liveness } = session;
  const { tmux_session, tmux_pane_id, tmux_socket, terminal_pid, terminal_started_at } = session;
  return {
    kind: "session",
    role: session.role as Role,
    identity_token: null,
    ...{ id, name, state, agent_kind, pid, pid_started_at, liveness },
    ...{ tmux_session, tmux_pane_id, tmux_socket, terminal_pid, terminal_started_at },
    ...recordPlaceOf(session),
  };
}

/** A worker or manager of the folder-based commands as one who holds a role. */
export function folderParty(
  kind: "folder_worker" | "folder_manager",
  role: Role,
  row: {
    id: string;
    name: string;
    state: string;
    tmux_session: string;
    tmux_pane_id: string | null;
    identity_token?: string;
  },
  terminal: FolderTerminal = NO_TERMINAL,
): Party {
  return {
    kind,
    role,
    id: row.id,
    name: row.name,
    state: row.state,
    agent_kind: STANDARD_KIND,
    identity_token: row.identity_token ?? null,
    pid: null,
    pid_started_at: null,
    liveness: "tmux",
    tmux_session: row.tmux_session,
    tmux_pane_id: row.tmux_pane_id,
    ...terminal,
    record_path: null,
    thread_id: null,
  };
}
