import type { StaleReason } from "@conveyor/contracts";

/** What an acknowledgement was given for. */
export interface AckedContract {
  binding_id: string | null;
  manager_config_revision: number | null;
}

/** What is in force now; null where there is none. */
export interface ContractInForce {
  binding_id: string | null;
  config_revision: number | null;
}

/**
 * Why an acknowledgement is not about what is in force any more; it is current when there is no reason (spec 04 §1.1).
 * Without an active binding none is. Pure.
 */
export function staleReasons(ack: AckedContract, now: ContractInForce): StaleReason[] {
  const reasons: StaleReason[] = [];
  if (now.binding_id === null) reasons.push("no_active_binding");
  else if (ack.binding_id !== now.binding_id) reasons.push("binding_changed");
  if (ack.manager_config_revision !== now.config_revision) reasons.push("config_changed");
  return reasons;
}
