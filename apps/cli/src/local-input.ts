import { ConveyorError } from "@conveyor/contracts/errors";

/** What is needed of an operation's input schema here. */
interface InputSchema<Output> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: Output }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** The input of a `local` operation with its defaults. Throws `invalid_input` as the router does for the others. */
export function checkLocalInput<Output>(schema: InputSchema<Output>, given: unknown): Output {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ field: path.map(String).join("."), message }));
  throw new ConveyorError("invalid_input", issues[0]?.message ?? "the input is not valid", {
    hint: "see the reference of this operation for what it takes",
    details: { issues },
  });
}
