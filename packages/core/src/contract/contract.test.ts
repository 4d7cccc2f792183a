import { operations } from "@conveyor/contracts";
import type { PermissionChanges } from "@conveyor/contracts/contract/permissions";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recipeOf } from "../loops/recipes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { type ManagerPolicy, mergeManagerConfig } from "./merge-config.ts";
import { normalisePermissions } from "./permissions.ts";
import { findManagerConfig, recordManagerConfig } from "./record-config.ts";

const fresh = mergeManagerConfig(null, {}).policy;
const existing = (values: Partial<ManagerPolicy> = {}): ManagerPolicy => ({ ...fresh, ...values });

describe("merging a manager config", () => {
  it("begins with the defaults and the recipe custom", () => {
    expect(fresh).toMatchObject({
      recipe_name: "custom",
      supervision_mode: "guided",
      nudge_on_completion: "ask-operator",
      require_acks: false,
      guidelines: [],
      permissions: { repo: [], worker_session: [], context: [], verification: [], communication: [] },
    });
  });

  it("replaces a list that is given at all and keeps the others", () => {
    const { policy, changed_fields } = mergeManagerConfig(
      existing({ guidelines: ["a", "b"], reference_paths: ["r"] }),
      {
        guidelines: ["c"],
      },
    );
    expect([policy.guidelines, policy.reference_paths]).toEqual([["c"], ["r"]]);
    expect(changed_fields).toEqual(["guidelines"]);
  });

  it("trims tools and epilogues and keeps the first of equals", () => {
    const { policy } = mergeManagerConfig(null, {
      tools: [" git ", "gh", "git", " "],
      epilogues: ["record-handoff", "run-tools", "record-handoff"],
    });
    expect([policy.tools, policy.epilogues]).toEqual([
      ["git", "gh"],
      ["record-handoff", "run-tools"],
    ]);
  });

  it("switches require_acks on and never off", () => {
    const on = mergeManagerConfig(null, { require_acks: true }).policy;
    expect(mergeManagerConfig(on, {}).policy.require_acks).toBe(true);
  });

  it("fills what no flag sets with the recipe's values, and grants nothing by it", () => {
    const recipe = recipeOf("ship it");
    const { policy } = mergeManagerConfig(existing({ tools: ["old"] }), { recipe, supervision_mode: "light" });
    expect(policy).toMatchObject({
      recipe_name: "ship-it-loop",
      supervision_mode: "light",
      tools: recipe?.tools,
      epilogues: ["draft-pr", "record-handoff"],
      guidelines: recipe?.guidelines,
    });
    expect(Object.values(policy.permissions).flat()).toEqual([]);
  });

  it("adds grants, then lets the JSON replace categories and revoke names, whatever the order of its keys", () => {
    const grants = ["repo.open_pr", "allow_worker_compact_clear"];
    const one = mergeManagerConfig(null, { grants, permissions: { repo: ["push_branch"], create_pr: true } });
    const other = mergeManagerConfig(null, { grants, permissions: { create_pr: true, repo: ["push_branch"] } });
    expect(one.policy.permissions).toMatchObject({
      repo: ["open_pr", "push_branch"],
      worker_session: ["clear", "compact"],
    });
    expect(other.policy.permissions).toEqual(one.policy.permissions);
    const revoked = mergeManagerConfig(one.policy, { permissions: { worker_compact_clear: false } });
    expect(revoked.policy.permissions["worker_session"]).toEqual([]);
  });

  it("warns of a grant that there is none of", () => {
    const { warnings } = mergeManagerConfig(null, { grants: ["repo.fly", "repo.open_pr"] });
    expect(warnings).toEqual(["unknown_permission: repo.fly"]);
  });

  it.each([
    ["a category that is no list", { repo: "all" }],
    ["a list of lists", { repo: [["merge_green_pr"]] }],
    ["an action that there is none of", { context: ["fetch_prs", "guess"] }],
    ["an action in other case", { repo: ["Merge_Green_PR"] }],
    ["a name that there is none of", { nonsense: true }],
    ["a name with a blank", { " repo.open_pr": true }],
    ["a word for no", { "repo.merge_green_pr": "false" }],
    ["a word for yes", { "repo.merge_green_pr": "true" }],
    ["a number", { "repo.merge_green_pr": 1 }],
    ["nothing", { "repo.merge_green_pr": null }],
    ["a list under a name", { "repo.merge_green_pr": [] }],
    ["an object under a name", { "repo.merge_green_pr": { granted: false } }],
  ])("refuses %s in a permission object, in the contract and below", (_what, wrong) => {
    const permissions = wrong as unknown as PermissionChanges;
    const refused = expect.objectContaining({
      code: "invalid_input",
      details: expect.objectContaining({ field: "permissions" }),
    });
    expect(() => mergeManagerConfig(null, { permissions })).toThrow(refused);
    const call = { task: "t", manager_permissions: wrong };
    const issues = operations.startup.pair.input.strict().safeParse(call).error?.issues ?? [];
    expect(issues.map(({ path }) => path[0])).toContain("manager_permissions");
  });

  it("lets a revocation win over a grant of the same action, whatever the order of keys", () => {
    const one = mergeManagerConfig(null, { permissions: { allow_pr: true, create_pr: false } });
    const other = mergeManagerConfig(null, { permissions: { create_pr: false, allow_pr: true, repo: ["open_pr"] } });
    expect([one.policy.permissions["repo"], other.policy.permissions["repo"]]).toEqual([[], []]);
  });

  it("changes nothing when the same is said again", () => {
    const changes = { recipe: recipeOf("goalbuddy"), objective: "o", grants: ["repo.open_pr"] };
    const first = mergeManagerConfig(null, changes);
    expect(mergeManagerConfig(first.policy, changes).changed_fields).toEqual([]);
  });

  it("reads flat permissions of older ledgers", () => {
    const { repo, worker_session } = normalisePermissions({
      allow_pr: true,
      merge_green_pr: 0,
      worker_compact_clear: true,
    });
    expect([repo, worker_session]).toEqual([["open_pr"], ["clear", "compact"]]);
  });

  it("takes what is stored in another form for denied", () => {
    const stored = {
      allow_pr: 1,
      worker_compact_clear: "yes",
      repo: ["push_branch", ["open_pr"]],
      context: ["fetch_prs"],
    };
    const permissions = normalisePermissions(stored);
    expect(Object.entries(permissions).filter(([, actions]) => actions.length > 0)).toEqual([
      ["context", ["fetch_prs"]],
    ]);
    expect(Object.values(normalisePermissions("all")).flat()).toEqual([]);
  });
});

describe("recording a manager config", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("raises the revision only when a value is another now, and tells counts instead of texts", async () => {
    const task = await world.task({ name: "auth" });
    const record = (changes: Parameters<typeof recordManagerConfig>[2]["changes"]) =>
      world.store.write((tx) => recordManagerConfig(tx, task, { changes, source: "pair" }));
    const first = await record({ guidelines: ["secret plan"] });
    const same = await record({ guidelines: ["secret plan"] });
    const other = await record({ guidelines: ["another"] });
    expect([first, same, other].map(({ config }) => config.revision)).toEqual([1, 1, 2]);
    expect(await world.store.read((tx) => findManagerConfig(tx, task.id))).toEqual(other.config);
    const event = await world.auditEvent("manager_config_recorded");
    expect(event?.payload).toMatchObject({
      guideline_count: 1,
      revision: 2,
      source: "pair",
      changed_fields: ["guidelines"],
    });
    expect(JSON.stringify(event?.payload)).not.toContain("another");
  });
});
