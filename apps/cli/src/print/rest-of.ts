import { LIST_ROWS } from "@conveyor/contracts/limits";

/** Says on stderr that a list was cut, and how to go on. A list that ends just at the limit says so too: nobody looked further. */
export function restOf(noun: string) {
  return async (
    shown: readonly { id: string }[],
    { input }: { input: Readonly<Record<string, unknown>> },
  ): Promise<string | undefined> => {
    const limit = typeof input["limit"] === "number" ? input["limit"] : LIST_ROWS;
    const last = shown.at(-1);
    if (last === undefined || shown.length < limit) return undefined;
    return `${shown.length} ${noun}s are shown; --after ${last.id} goes on with what is left`;
  };
}
