import type { SetupBundle } from "@conveyor/contracts";
import { decodeRow, type Prisma } from "@conveyor/store";

/** A kept bundle as it is shown. Pure. */
export function bundleOf(row: Prisma.setup_bundlesGetPayload<object>): SetupBundle {
  const { seq: _seq, updated_seq: _updated, applied: _applied, approval, ...bundle } = decodeRow(row);
  return { ...bundle, approval_json: approval } as SetupBundle;
}
