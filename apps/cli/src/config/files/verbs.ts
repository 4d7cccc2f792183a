import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Call, Output } from "@conveyor/contracts";
import { allSettings, type Setting, settingsSchema } from "@conveyor/contracts/config/settings";
import { ConveyorError } from "@conveyor/contracts/errors";
import { replaceFile } from "@conveyor/sdk/files";
import { z } from "zod";
import type { LocalContext } from "../../presentation.ts";
import { jsonDocument } from "../../print/json.ts";
import { lines, table } from "../../print/text.ts";
import { withSetting } from "./edit.ts";
import { configPlaces, exists } from "./places.ts";
import { type Configuration, readConfigFile, readConfiguration, settingOf, trustedFiles, valuesOf } from "./read.ts";

type Effective = Output<"config.list">[number];

async function print({ io, json }: LocalContext, document: unknown, text: string): Promise<number> {
  await io.stdout.write(json ? jsonDocument(document) : text);
  return 0;
}

function effective({ said }: Configuration, setting: Setting): Effective {
  const first = said(setting).find(({ counts }) => counts);
  return {
    key: setting.key,
    value: first?.value ?? null,
    origin: first?.origin ?? "default",
    file: first?.file ?? null,
    about: setting.about,
  };
}

const shown = (value: unknown) => (value === null ? "-" : String(value));

/** `config list`: every setting with its value. */
export async function list({ origin }: Call<"config.list">, context: LocalContext): Promise<number> {
  const configuration = readConfiguration(configPlaces(context.io), context.io);
  const rows = configuration.settings.map((setting) => effective(configuration, setting));
  const cells = rows.map((row) => [
    row.key,
    shown(row.value),
    ...(origin ? [row.origin === "default" ? "default" : (row.file ?? row.origin)] : []),
    row.about,
  ]);
  return print(context, rows, table(cells, context.view));
}

/** `config get`: the value alone. */
export async function get({ key }: Call<"config.get">, context: LocalContext): Promise<number> {
  const configuration = readConfiguration(configPlaces(context.io), context.io);
  const row = effective(configuration, settingOf(configuration.settings, key));
  return print(context, row, `${shown(row.value)}\n`);
}

/** `config explain`: what each place says. */
export async function explain({ key }: Call<"config.explain">, context: LocalContext): Promise<number> {
  const configuration = readConfiguration(configPlaces(context.io), context.io);
  const setting = settingOf(configuration.settings, key);
  const row = effective(configuration, setting);
  const places = configuration.said(setting);
  const text = lines(
    `${key} = ${shown(row.value)} (${row.origin})`,
    setting.about,
    places.map(({ origin, file, value, why }) => `  ${file ?? origin}: ${shown(value)} (${why})`),
  );
  return print(context, { ...row, places }, text);
}

/** The value that a text means for a setting. Throws `invalid_input`. */
function valueFor({ key, schema: own }: Setting, text: string): unknown {
  const tried = [text, Number(text), text === "true" ? true : text === "false" ? false : undefined, listIn(text)];
  const parsed = tried.map((value) => own.safeParse(value)).find(({ success }) => success);
  if (parsed?.success) return parsed.data;
  const why = own.safeParse(text).error?.issues[0]?.message ?? "is not a value of it";
  throw new ConveyorError("invalid_input", `${key}: ${why}`, { hint: `see \`conveyor config explain ${key}\`` });
}

/** The list that a text is as JSON, such as `["npm","ci"]`; undefined when it is none. */
function listIn(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return undefined;
  }
}

function write(context: LocalContext, key: string, text: string | undefined, isProject: boolean) {
  const settings = allSettings();
  const setting = settingOf(settings, key);
  const value = text === undefined ? undefined : valueFor(setting, text);
  const places = configPlaces(context.io);
  const origin = isProject ? "project" : "user";
  const file = places[origin];
  const before = readConfigFile(origin, places, settings)?.text ?? "";
  const after = withSetting(before, key, value);
  valuesOf(file, after, settings);
  if (after !== before) save(file, after);
  return { key, file, changed: after !== before, ...(value !== undefined && { value }) };
}

function save(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, text);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConveyorError("side_effect_failed", `${file} could not be written: ${reason}`, {
      hint: "see that the folder is yours and can be written",
      details: { file, reason },
      cause,
    });
  }
}

/** `config set`. */
export async function set({ key, value, project = false }: Call<"config.set">, context: LocalContext): Promise<number> {
  const done = write(context, key, value, project);
  return print(context, done, `${key} is ${shown(done.value ?? null)} in ${done.file}\n`);
}

/** `config unset`. */
export async function unset({ key, project = false }: Call<"config.unset">, context: LocalContext): Promise<number> {
  const done = write(context, key, undefined, project);
  return print(context, done, `${key} ${done.changed ? "was taken out of" : "does not stand in"} ${done.file}\n`);
}

/** `config path`. */
export async function path(_input: Call<"config.path">, context: LocalContext): Promise<number> {
  const places = configPlaces(context.io);
  const trusted = exists(places.project) && readConfigFile("project", places)?.trusted === true;
  const answer = {
    user: { file: places.user, exists: exists(places.user) },
    project: { file: places.project, exists: exists(places.project), trusted },
  };
  const state = (own: { exists: boolean }) => (own.exists ? "" : " (not there)");
  const text = lines(
    `user: ${places.user}${state(answer.user)}`,
    `project: ${places.project}${state(answer.project)}${trusted ? " (trusted)" : ""}`,
  );
  return print(context, answer, text);
}

/** `config trust`. */
export async function trust(_input: Call<"config.trust">, context: LocalContext): Promise<number> {
  const places = configPlaces(context.io);
  const settings = allSettings();
  const file = readConfigFile("project", places, settings);
  if (file === undefined) {
    throw new ConveyorError("not_found", `there is no project file of yours at ${places.project}`, {
      hint: "`conveyor config set KEY VALUE --project` makes one",
      details: { kind: "config_file", file: places.project },
    });
  }
  save(places.trusted, jsonDocument({ ...trustedFiles(places.trusted), [file.file]: file.sha256 }));
  const unsafe_keys = settings.filter(({ key, unsafe }) => unsafe && file.values.has(key)).map(({ key }) => key);
  const answer = { file: file.file, sha256: file.sha256, unsafe_keys };
  const what = unsafe_keys.length === 0 ? "it sets nothing that needs trust" : `it sets ${unsafe_keys.join(", ")}`;
  return print(context, answer, `${file.file} is trusted as it is now; ${what}\n`);
}

/** `config schema`. */
export async function schema(_input: Call<"config.schema">, { io }: LocalContext): Promise<number> {
  await io.stdout.write(jsonDocument(z.toJSONSchema(settingsSchema)));
  return 0;
}
