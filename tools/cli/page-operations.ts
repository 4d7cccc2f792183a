import type { CommandSpec, FlagSpec, OperationSpec, ValueSpec } from "../../apps/cli/src/manifest.ts";
import type { PageField, PageOperation } from "../../apps/web/src/forms/page-operation.ts";
import { HEADER } from "../files.ts";

/**
 * What the page offers in its palette: every operation that is asked once and can be filled in, in the order of the help.
 * Streams are followed by views, and what runs in the caller's own process has no procedure.
 */
export function pageOperations(commands: readonly CommandSpec[]): PageOperation[] {
  return commands.flatMap(({ command, operations }) =>
    operations.filter(isOffered).map(({ path, kind, action = null, select, summary, flags, arguments: alone }) => ({
      path,
      area: path.split(".", 1)[0] as string,
      kind: kind as PageOperation["kind"],
      command,
      action,
      select,
      summary,
      fields: [...alone.map((one) => fieldOf(one, null)), ...flags.map((one) => fieldOf(one, one.flag))],
    })),
  );
}

/** A page has no standard input, in which agents hand over what they say in their own name. */
function isOffered({ kind, flags, arguments: alone }: OperationSpec): boolean {
  return (kind === "query" || kind === "mutation") && [...flags, ...alone].every(({ from_stdin }) => !from_stdin);
}

function fieldOf(spec: ValueSpec | FlagSpec, flag: string | null): PageField {
  const { field, type, values, repeatable, required, help, placeholder, path, caller_folder } = spec;
  return {
    field,
    flag,
    type,
    help,
    placeholder,
    ...(values && { values }),
    ...(repeatable && { repeatable }),
    ...(required && { required }),
    ...(spec.default !== undefined && { default: spec.default }),
    ...(path && { path }),
    ...(caller_folder && { caller_folder }),
    ...(spec.rest && { rest: true as const }),
    ...("swallows" in spec && spec.swallows && { swallows: true as const }),
  };
}

/** The module that the page loads with its palette. */
export function pageOperationsModule(commands: readonly CommandSpec[]): string {
  return `${HEADER}import type { PageOperation } from "../forms/page-operation.ts";

export const pageOperations: readonly PageOperation[] = ${JSON.stringify(pageOperations(commands), null, 1)};
`;
}
