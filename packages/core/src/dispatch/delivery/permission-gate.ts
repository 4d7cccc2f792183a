import type { PermissionCheck } from "@conveyor/contracts";
import { mayHappen } from "../../contract/may.ts";
import { parsed } from "../../shared/parsed.ts";

/**
 * Whether the manager of a task may instruct this (spec 03 §6.6). `permissions_json` is what its configuration stores;
 * undefined when it has none, and then nothing is allowed. Pure.
 */
export function checkPermission(required_permission: string, permissions_json: string | undefined): PermissionCheck {
  const configured = permissions_json !== undefined;
  // A config whose permissions cannot be parsed is one that grants nothing, not a missing one.
  const permissions = configured ? (parsed(permissions_json) ?? null) : undefined;
  const { allowed } = mayHappen({ permissions, handoff_id: null }, { action: required_permission });
  return { allowed, configured, required_permission };
}
