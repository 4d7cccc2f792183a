import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `manager-permission` (spec 04 §4.3): a denial ends with 1 only when the permission was required. */
export const checkPermission = presents("contract.checkPermission", {
  text: ({ task, action, allowed, reasons, listed_permissions }) =>
    lines(
      `${task.name}: ${action} is ${allowed ? "allowed" : `denied (${reasons.join(", ")})`}`,
      listed_permissions !== null && (listed_permissions.length > 0 ? listed_permissions : "nothing is granted in it"),
    ),
  exitCode: ({ allowed }, { require }) => (require === true && !allowed ? 1 : 0),
});
