import type { Input, OperationPath, Output } from "@conveyor/contracts";
import { directory } from "@conveyor/contracts/directory";
import { withoutContent } from "../shared/hidden-content.ts";

/** Do an operation and show its answer as the router does: without the content that this input does not ask for. */
export async function asShown<Path extends OperationPath, Context>(
  path: Path,
  core: (ctx: Context, input: Input<Path>) => Promise<Output<Path>>,
  ctx: Context,
  input: Input<Path>,
): Promise<Output<Path>> {
  return withoutContent(directory[path].content, input, await core(ctx, input));
}
