import { type Call, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { checkPermission as check } from "./check-permission.ts";
import { configure } from "./configure.ts";

let world: World;
beforeEach(async () => {
  world = createWorld({});
  await world.task({ name: "parser" });
});
afterEach(() => world.close());

const ask = (permission: string, call: Partial<Call<"contract.checkPermission">> = {}) =>
  check(world.ctx, operations.contract.checkPermission.input.parse({ task: "parser", permission, ...call }));
const grant = (...permit: string[]) =>
  configure(world.ctx, operations.contract.configure.input.parse({ task: "parser", permit }));

describe("manager-permission", () => {
  it("denies everything without a config, and records that", async () => {
    expect(await ask("repo.open_pr")).toMatchObject({
      action: "repo.open_pr",
      allowed: false,
      config: null,
      handoff_id: null,
      listed_permissions: null,
      reasons: ["missing_manager_config"],
      require_handoff: false,
      task: { name: "parser" },
    });
    const event = await world.auditEvent("manager_permission_checked");
    expect(event?.payload).toMatchObject({ allowed: false, action: "repo.open_pr", config_revision: null });
    expect(event?.payload).not.toHaveProperty("config");
    expect(await world.telemetryEvent("manager_permission_checked")).toMatchObject({
      actor: "manager",
      severity: "warning",
      attributes: { allowed: false, reasons: ["missing_manager_config"], require_handoff: false },
    });
  });

  it("allows what is granted, an alias only whole, and shows the config", async () => {
    await grant("worker_session.compact");
    expect(await ask("worker_compact_clear")).toMatchObject({ allowed: false, reasons: ["permission_not_enabled"] });
    const config = await grant("worker_session.clear");
    expect(await ask("worker_compact_clear")).toMatchObject({ allowed: true, reasons: [], config });
    expect(await ask("worker_compact_clear", { require_handoff: true })).toMatchObject({
      allowed: false,
      reasons: ["missing_worker_handoff"],
    });
  });

  it("lists what is granted in a category, without demanding a handoff", async () => {
    expect(await ask("repo", { list: true })).toMatchObject({
      allowed: false,
      listed_permissions: null,
      reasons: ["missing_manager_config"],
    });
    await grant("repo.open_pr", "repo.monitor_ci");
    expect(await ask("repo", { list: true, require_handoff: true })).toMatchObject({
      allowed: true,
      listed_permissions: ["monitor_ci", "open_pr"],
    });
    expect((await ask("context", { list: true })).listed_permissions).toEqual([]);
  });

  it.each([
    ["an unknown name", "repo.open_prs", {}, "unknown_permission"],
    ["a category without --list", "repo", {}, "usage"],
    ["an action with --list", "repo.open_pr", { list: true }, "usage"],
    ["an unknown task", "repo.open_pr", { task: "nothing" }, "not_found"],
  ])("refuses %s and records nothing", async (_what, permission, call, code) => {
    await expect(ask(permission, call)).rejects.toMatchObject({ code });
    expect(await world.auditTypes()).not.toContain("manager_permission_checked");
  });
});
