import type { Input, Output } from "@conveyor/contracts";
import { receiptKeys, rotateReceiptKey } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/** The public halves of the keys that sign receipts, after a new one was made if that was asked for (spec 09 §9.6). Throws `host_denied`. */
export async function key({ host }: HostCtx, { change }: Input<"receipts.key">): Promise<Output<"receipts.key">> {
  const { current, former } = change === "rotate" ? rotateReceiptKey(host.env) : receiptKeys(host.env);
  return {
    keyid: current.keyid,
    public_key: current.public_pem,
    former: former.map(({ keyid, public_pem }) => ({ keyid, public_key: public_pem })),
  };
}
