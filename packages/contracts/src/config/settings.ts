import { z } from "zod";
import { noticeSinks, quietHours } from "../notifications/sinks.ts";

/** What is said of a setting beside its schema. */
export interface SettingFacts {
  /** The environment variable that says the same and comes first. */
  env?: string;
  /** Starts programs or widens rights: of a project's file it counts only after `config trust`. */
  unsafe?: true;
}

const facts = z.registry<SettingFacts>();

/** A setting and what is said of it. */
function setting<S extends z.ZodType>(schema: S, about: string, more: SettingFacts = {}): z.ZodOptional<S> {
  const own = schema.describe(about) as S;
  facts.add(own, more);
  return own.optional();
}

const words = z.string().min(1).max(100);

/**
 * The settings of a configuration file (spec 10.4): tables of TOML, strict. Reference, error texts and the JSON Schema are
 * made of this.
 */
export const settingsSchema = z
  .strictObject({
    output: setting(z.enum(["json", "human"]), "the form of answers, whoever looks; default: text on a terminal", {
      env: "CONVEYOR_OUTPUT",
    }),
    server: z
      .strictObject({
        port: setting(z.int().min(0).max(65535), "port on which `serve` listens; default: 8797"),
      })
      .optional(),
    start: z
      .strictObject({
        timeout_seconds: setting(
          z.int().min(1).max(86_400),
          "how long a start waits for the agent's record; default: 60",
        ),
        accept_trust: setting(z.boolean(), "answer yes when an agent asks whether its folder is trusted; default: no", {
          unsafe: true,
        }),
      })
      .optional(),
    agent: z
      .strictObject({
        codex: z
          .strictObject({
            profile: setting(z.enum(["yolo"]), "named set of sandbox and approval policy", { unsafe: true }),
            sandbox: setting(words, "sandbox mode of started agents; default: workspace-write", { unsafe: true }),
            approval: setting(words, "approval policy of started agents; default: on-request", { unsafe: true }),
          })
          .optional(),
      })
      .optional(),
    notify: z
      .strictObject({
        sinks: setting(
          noticeSinks,
          "who is told outside the program: commands, the desktop, webhooks; see docs/notifications.md",
          { unsafe: true },
        ),
        quiet_hours: setting(
          quietHours,
          "when only what is urgent is told, as 22:00-07:00 in local time; what waits is told afterwards",
        ),
      })
      .optional(),
    proof: z
      .strictObject({
        setup: setting(
          z.array(z.string().min(1).max(8192)).max(100),
          "words of the command that prepares the fresh copy of a new isolated check, such as npm ci",
          { unsafe: true },
        ),
        timeout_seconds: setting(z.int().min(1).max(86_400), "how long a run of a new check may take; default: 600"),
        sandbox: setting(
          z.enum(["auto", "required", "none"]),
          "sandbox of new checks: where one works, only in one, or without; default: auto",
          { unsafe: true },
        ),
        parallel: setting(z.int().min(1).max(16), "how many checks one `verify` runs at once; default: 1"),
      })
      .optional(),
    qa: z
      .strictObject({
        sandbox_repos: setting(
          z.array(words).max(20),
          "repositories, as OWNER/NAME, in which a live run of `qa-run` may act; default: none",
          { unsafe: true },
        ),
      })
      .optional(),
  })
  .describe("configuration of Conveyor");

/** A setting by its dotted key. */
export interface Setting extends SettingFacts {
  key: string;
  about: string;
  schema: z.ZodType;
}

/** Every setting, in the order of the schema. */
export function allSettings(): Setting[] {
  return settingsIn(settingsSchema, []);
}

function settingsIn(schema: z.ZodObject, path: readonly string[]): Setting[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const inner = (field as z.ZodOptional<z.ZodType>).unwrap();
    const at = [...path, name];
    if (inner instanceof z.ZodObject) return settingsIn(inner, at);
    return [{ key: at.join("."), about: inner.description ?? "", schema: inner, ...facts.get(inner) }];
  });
}
