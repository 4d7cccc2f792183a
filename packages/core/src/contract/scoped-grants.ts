import type { PermissionGrant } from "@conveyor/contracts";
import { permissionActions } from "@conveyor/contracts/contract/permissions";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Prisma, ReadTx, WriteTx } from "@conveyor/store";

/** What decides whether a grant covers something. */
export interface ScopedGrant {
  id: unknown;
  action: unknown;
  branch: unknown;
  pull_request: unknown;
  expires_at: unknown;
  max_uses: unknown;
  uses: unknown;
  revoked_at: unknown;
}

/** Where something is to be done, and when. */
export interface GrantScope {
  now: string;
  branch?: string | undefined;
  pull_request?: number | undefined;
}

const isNothing = (value: unknown) => value === null;
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/** Whether a grant allows anything at a moment; what is missing or malformed does not. Pure. */
export function isLiveGrant(grant: ScopedGrant, now: string): boolean {
  const { id, revoked_at, expires_at, max_uses, uses } = grant;
  if (!isCount(id) || id === 0 || !isNothing(revoked_at) || !isCount(uses)) return false;
  if (!isNothing(max_uses) && !(isCount(max_uses) && uses < max_uses)) return false;
  if (isNothing(expires_at)) return true;
  return typeof expires_at === "string" && Date.parse(expires_at) > Date.parse(now);
}

/**
 * The grants by which all of these actions are allowed in this place, one for each; null when one is not. A grant that is
 * bound to a branch or a pull request covers nothing else, and nothing that does not say where it is. Pure; fails closed.
 */
export function coveringGrants(
  grants: readonly ScopedGrant[],
  actions: readonly string[],
  scope: GrantScope,
): number[] | null {
  if (actions.length === 0) return null;
  const ids: number[] = [];
  for (const action of actions) {
    const found = grants.find(
      (grant) =>
        grant.action === action &&
        isLiveGrant(grant, scope.now) &&
        (isNothing(grant.branch) || (typeof grant.branch === "string" && grant.branch === scope.branch)) &&
        (isNothing(grant.pull_request) || (isCount(grant.pull_request) && grant.pull_request === scope.pull_request)),
    );
    if (found === undefined) return null;
    ids.push(found.id as number);
  }
  return ids;
}

/** Grants of a task, the newest first: those that narrow most come before the others, so that they are used up first. */
export async function grantsOfTask(tx: ReadTx, task_id: string): Promise<ScopedGrant[]> {
  const rows = await tx.db.permission_grants.findMany({
    where: { task_id, revoked_at: null },
    orderBy: { seq: "desc" },
  });
  const narrowness = (row: (typeof rows)[number]) =>
    [row.branch, row.pull_request, row.max_uses, row.expires_at].filter((bound) => bound !== null).length;
  return rows.sort((a, b) => narrowness(b) - narrowness(a));
}

/** Use grants up, in the transaction of what they allow. Throws `permission_denied` when one is used up meanwhile. */
export async function useGrants(tx: WriteTx, task_id: string, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const row = await tx.db.permission_grants.findUniqueOrThrow({ where: { id } });
    if (!isLiveGrant(row, tx.now)) {
      throw new ConveyorError("permission_denied", `grant ${id} was used up`, {
        hint: "ask the operator for another: `conveyor manager-grant TASK PERMISSION --reason TEXT`",
        details: { grant_id: id },
      });
    }
    await tx.db.permission_grants.update({ where: { id }, data: { uses: row.uses + 1 } });
    tx.tell("permission_grant_changed", {
      actor: "manager",
      task_id,
      summary: `grant ${id} of ${row.action} was used`,
      correlation: { grant_id: id },
      attributes: { grant_id: id, action: row.action, change: "used", uses: row.uses + 1 },
    });
  }
}

/** A stored grant as users see it. */
export function permissionGrantOf(row: Prisma.permission_grantsGetPayload<object>, now: string): PermissionGrant {
  const { seq: _seq, revoked_by: _by, ...grant } = row;
  return { ...grant, live: isLiveGrant(row, now) };
}

const MILLISECONDS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The moment after a time such as `30m`; null without one. Pure. */
export function momentAfter(now: string, time: string | undefined): string | null {
  if (time === undefined) return null;
  const length = Number(time.slice(0, -1)) * (MILLISECONDS[time.slice(-1)] ?? Number.NaN);
  return new Date(Date.parse(now) + length).toISOString();
}

export interface NewGrant {
  task_id: string;
  action: string;
  granted_by: string;
  reason: string;
  branch?: string | undefined;
  pull_request?: number | undefined;
  expires_in?: string | undefined;
  uses?: number | undefined;
}

/** Write a grant and `permission_grant_changed`. Throws `unknown_permission` for what is no single action. */
export async function insertGrant(tx: WriteTx, wanted: NewGrant) {
  const { task_id, granted_by, reason, branch, pull_request, expires_in, uses } = wanted;
  const actions = permissionActions(wanted.action) ?? [];
  const [action] = actions;
  if (action === undefined || actions.length > 1) {
    throw new ConveyorError("unknown_permission", `${JSON.stringify(wanted.action)} is no single permission`, {
      hint: "name one as CATEGORY.ACTION; `conveyor manager-config TASK --questions` lists them",
      details: { permission: wanted.action },
    });
  }
  const row = await tx.db.permission_grants.create({
    data: {
      seq: tx.seq(),
      task_id,
      action,
      granted_by,
      reason,
      branch: branch ?? null,
      pull_request: pull_request ?? null,
      expires_at: momentAfter(tx.now, expires_in),
      max_uses: uses ?? null,
      created_at: tx.now,
    },
  });
  tx.tell("permission_grant_changed", {
    actor: "operator",
    task_id,
    summary: `${action} was granted`,
    correlation: { grant_id: row.id },
    attributes: { grant_id: row.id, action, change: "granted", uses: 0 },
  });
  return row;
}
