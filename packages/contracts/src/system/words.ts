/** The agents for which there are skills. */
export const SKILL_AGENTS = ["codex", "claude"] as const;
export type SkillAgent = (typeof SKILL_AGENTS)[number];

/** The skills that come with the program, but for those of the operator plugin. */
export const BUNDLED_SKILL_NAMES = ["manage-codex-workers", "codex-review"] as const;
