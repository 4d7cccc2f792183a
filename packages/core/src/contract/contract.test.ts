import { permissionActions } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import {
  findManagerConfig,
  MANAGER_RECIPES,
  type ManagerPolicy,
  mergeManagerConfig,
  normalisePermissions,
  recipeOf,
  recordManagerConfig,
} from "./index.ts";

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

  it("warns of what means nothing and drops it", () => {
    const { warnings, policy } = mergeManagerConfig(null, {
      grants: ["repo.fly"],
      permissions: { repo: "all", context: ["fetch_prs", "guess"], nonsense: true },
    });
    expect(warnings).toEqual([
      "unknown_permission: repo.fly",
      "permission_category_is_no_list: repo",
      "unknown_permission: context.guess",
      "unknown_permission: nonsense",
    ]);
    expect(policy.permissions["context"]).toEqual(["fetch_prs"]);
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
      worker_compact_clear: 1,
    });
    expect([repo, worker_session]).toEqual([["open_pr"], ["clear", "compact"]]);
  });
});

describe("the recipes", () => {
  it.each(["GoalBuddy Conveyor", "goalbuddy", " goalbuddy-conveyor "])("are found as %j", (name) => {
    expect(recipeOf(name)?.slug).toBe("goalbuddy-conveyor");
  });

  it("leave custom to the user", () => {
    expect(recipeOf("Custom")).toBeNull();
  });

  it("are listed when one is unknown", () => {
    expect(() => recipeOf("world peace")).toThrow(
      expect.objectContaining({ code: "not_found", hint: expect.stringContaining("ux-polish-loop") }),
    );
  });

  it("have names that mean one recipe each, and permissions that exist", () => {
    const names = MANAGER_RECIPES.flatMap(({ slug, display_name, aliases }) => [
      ...new Set([slug, display_name, ...aliases].map((name) => name.toLowerCase())),
    ]);
    expect(new Set(names).size).toBe(names.length);
    const permissions = MANAGER_RECIPES.flatMap((recipe) => recipe.permissions);
    expect(permissions.filter((name) => permissionActions(name) === undefined)).toEqual([]);
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
