import { expect, it } from "vitest";
import { checkPermission } from "./permission-gate.ts";

it.each([
  ["repo.open_pr", undefined, { allowed: false, configured: false }],
  ["repo.open_pr", "{}", { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo":["open_pr"]}', { allowed: true, configured: true }],
  ["allow_pr", '{"repo":["open_pr"]}', { allowed: true, configured: true }],
  ["worker_compact_clear", '{"worker_session":["compact"]}', { allowed: false, configured: true }],
  ["worker_compact_clear", '{"worker_session":["clear","compact"]}', { allowed: true, configured: true }],
  ["repo.unheard_of", '{"repo":["unheard_of"]}', { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo":"open_pr"}', { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo":[["open_pr"]]}', { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo":["open_pr",1]}', { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo":["open_pr"],"repo.open_pr":"no"}', { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo.open_pr":true}', { allowed: true, configured: true }],
  ["repo.open_pr", '{"repo.open_pr":"true"}', { allowed: false, configured: true }],
  ["repo.open_pr", '["repo.open_pr"]', { allowed: false, configured: true }],
  ["repo.open_pr", '{"repo":["open_pr"', { allowed: false, configured: true }],
  ["__proto__", '{"__proto__":true}', { allowed: false, configured: true }],
])("permission %s with %s", (required_permission, permissions_json, found) => {
  expect(checkPermission(required_permission, permissions_json)).toEqual({ ...found, required_permission });
});
