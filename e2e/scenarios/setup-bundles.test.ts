import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("an operating policy is previewed, blocked without its skills, approved and applied", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "auth", "--goal", "log in");
  const home = join(world.project, "codex-home");
  const ship = ["--preset", "autonomous_ship_it", "--codex-home", home] as const;
  const seen = await world.ask<"setup.preview">("setup-bundle", "preview", "auth", ...ship);
  expect(seen.preflight).toMatchObject({ ok: false });
  const unapproved = await world.refused("setup-bundle", "apply", "auth", ...ship);
  expect([unapproved.code, unapproved.error.code]).toEqual([2, "confirmation_required"]);
  const blocked = await world.cli("setup-bundle", "apply", "auth", ...ship, "--approve");
  expect(blocked.code).toBe(1);
  expect(JSON.parse(blocked.stdout)).toMatchObject({
    blocked: true,
    launched: false,
    setup_bundle: { state: "blocked" },
  });
  for (const name of seen.preflight.missing_required) {
    mkdirSync(join(home, "skills", name), { recursive: true });
    writeFileSync(join(home, "skills", name, "SKILL.md"), `---\nname: ${name}\n---\n`);
  }
  const applied = await world.ask<"setup.applyBundle">("setup-bundle", "apply", "auth", ...ship, "--approve");
  expect(applied).toMatchObject({ blocked: false, launched: false, draft_hash: seen.draft_hash });
  const shown = await world.ask<"setup.show">("setup-bundle", "show", "auth");
  expect(shown).toMatchObject({ state: "applied", approved_hash: seen.draft_hash });
  const config = await world.ask<"contract.configure">("manager-config", "auth");
  expect(config).toMatchObject({ recipe_name: "ship-it-loop", supervision_mode: "strict" });
  expect((await world.refused("setup-bundle", "preview", "auth", "--preset", "x")).code).toBe(2);
});
