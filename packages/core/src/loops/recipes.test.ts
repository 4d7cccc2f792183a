import { permissionActions } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";
import { MANAGER_RECIPES, recipeOf } from "./recipes.ts";

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
