import { createHash } from "node:crypto";
import { allSettings, type Setting, settingsSchema } from "@conveyor/contracts/config/settings";
import { ConveyorError } from "@conveyor/contracts/errors";
import { nearest } from "@conveyor/contracts/nearest";
import { readWhole } from "@conveyor/sdk/files";
import { parse, TomlError } from "smol-toml";
import type { Io } from "../../io.ts";
import { quote } from "../../values.ts";
import type { Places } from "./places.ts";

const MOST_BYTES = 64 * 1024;

/** A configuration file as it was read: its settings by dotted key. */
export interface ConfigFile {
  origin: "user" | "project";
  file: string;
  text: string;
  sha256: string;
  values: ReadonlyMap<string, unknown>;
  /** Whether what starts programs or widens rights counts. */
  trusted: boolean;
}

/** What one place says of a setting. */
export interface Said {
  origin: "environment" | "project" | "user" | "default";
  file: string | null;
  value: unknown;
  counts: boolean;
  why: string;
}

/** The configuration of a caller. */
export interface Configuration {
  settings: readonly Setting[];
  files: readonly ConfigFile[];
  /** What each place says, the one that comes first in front. */
  said(setting: Setting): Said[];
}

/** Read both files strictly. Throws `invalid_input` that names the file and what is wrong in it. */
export function readConfiguration(places: Places, io: Pick<Io, "env">): Configuration {
  const settings = allSettings();
  const project = readConfigFile("project", places, settings);
  const user = readConfigFile("user", places, settings);
  const files = [project, user].filter((file) => file !== undefined);
  return { settings, files, said: (setting) => saidOf(setting, files, io) };
}

/** One file; undefined when it is not there, or somebody else's. Throws `invalid_input`. */
export function readConfigFile(
  origin: ConfigFile["origin"],
  places: Places,
  settings: readonly Setting[] = allSettings(),
): ConfigFile | undefined {
  const file = places[origin];
  // A link in a cloned repository may lead anywhere.
  const read = readWhole(file, { most_bytes: MOST_BYTES, links: origin === "project" ? "refuse" : "follow" });
  if (!read.ok) {
    if (read.missing) return undefined;
    throw wrong(file, read.reason);
  }
  if (origin === "project" && process.getuid !== undefined && read.stats.uid !== process.getuid()) return undefined;
  const values = valuesOf(file, read.text, settings);
  const sha256 = createHash("sha256").update(read.text).digest("hex");
  return {
    origin,
    file,
    text: read.text,
    sha256,
    values,
    trusted: origin === "user" || trustedHash(places, file) === sha256,
  };
}

/** The settings of a text, by dotted key. Throws `invalid_input`. */
export function valuesOf(file: string, text: string, settings: readonly Setting[]): Map<string, unknown> {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw wrong(
      file,
      `line ${error.line}: ${(error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "")}`,
    );
  }
  const result = settingsSchema.safeParse(document);
  if (!result.success) throw notValid(file, result.error.issues[0], settings);
  return flattened(document as Record<string, unknown>);
}

function flattened(document: Record<string, unknown>, path = ""): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(document)) {
    const key = path === "" ? name : `${path}.${name}`;
    if (value === null || typeof value !== "object" || Array.isArray(value)) values.set(key, value);
    else for (const [inner, own] of flattened(value as Record<string, unknown>, key)) values.set(inner, own);
  }
  return values;
}

interface Issue {
  code?: string | undefined;
  keys?: readonly string[];
  path: readonly PropertyKey[];
  message: string;
}

function notValid(file: string, issue: Issue | undefined, settings: readonly Setting[]): ConveyorError {
  const at = (issue?.path ?? []).map(String);
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys?.[0] : undefined;
  if (unknown === undefined) return wrong(file, `${at.join(".")}: ${issue?.message}`);
  const key = [...at, unknown].join(".");
  const near = nearest(
    key,
    settings.map((setting) => setting.key),
  );
  return new ConveyorError("invalid_input", `${file}: there is no setting ${quote(key)}`, {
    hint: near === undefined ? "`conveyor config list` shows all settings" : `did you mean ${near}?`,
    details: { file, key, ...(near !== undefined && { nearest: near }) },
  });
}

function wrong(file: string, what: string): ConveyorError {
  return new ConveyorError("invalid_input", `${file}: ${what}`, {
    hint: "correct the file; `conveyor config schema` describes it",
    details: { file },
  });
}

/** The setting of a key. Throws `not_found` that names the nearest. */
export function settingOf(settings: readonly Setting[], key: string): Setting {
  const found = settings.find((setting) => setting.key === key);
  if (found !== undefined) return found;
  const near = nearest(
    key,
    settings.map((setting) => setting.key),
  );
  throw new ConveyorError("not_found", `there is no setting ${quote(key)}`, {
    hint: near === undefined ? "`conveyor config list` shows all settings" : `did you mean ${near}?`,
    details: { kind: "setting", key, ...(near !== undefined && { nearest: near }) },
  });
}

function saidOf({ key, env, unsafe }: Setting, files: readonly ConfigFile[], io: Pick<Io, "env">): Said[] {
  const places: Omit<Said, "counts" | "why">[] = [];
  const named = env === undefined ? "" : (io.env[env] ?? "");
  if (named !== "") places.push({ origin: "environment", file: null, value: named });
  for (const { origin, file, values } of files) {
    if (values.has(key)) places.push({ origin, file, value: values.get(key) });
  }
  const isBarred = ({ origin }: { origin: string }) =>
    unsafe === true && files.some((file) => file.origin === origin && !file.trusted);
  const first = places.find((place) => !isBarred(place));
  return places.map((place) => ({
    ...place,
    counts: place === first,
    why: isBarred(place)
      ? "it could start programs or widen rights, and the file is not trusted: `conveyor config trust`"
      : place === first
        ? "it comes first"
        : `${first?.origin} comes before it`,
  }));
}

/** The hash under which a project's file was trusted; undefined when it was not, or nobody can tell. */
function trustedHash({ trusted }: Places, file: string): string | undefined {
  return trustedFiles(trusted)[file];
}

/** Which files were trusted, by path; nothing where that cannot be read. */
export function trustedFiles(place: string): Record<string, string> {
  const read = readWhole(place, { most_bytes: 1024 * 1024 });
  if (!read.ok) return {};
  try {
    const known: unknown = JSON.parse(read.text);
    if (known === null || typeof known !== "object") return {};
    return Object.fromEntries(Object.entries(known).filter(([, hash]) => typeof hash === "string")) as Record<
      string,
      string
    >;
  } catch {
    return {};
  }
}
