import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { checkLines } from "../print/health.ts";
import { lines, type View } from "../print/text.ts";

function doctorText(report: Output<"system.doctor">, view: View): string {
  const verdict = report.ok ? view.colour.green("this machine is ready") : view.colour.red("this machine is not ready");
  const plugin = report.plugin.installed ? `installed (${report.plugin.installed_version})` : "not installed";
  return lines(
    verdict,
    checkLines(report.checks, view.colour),
    Object.entries(report.commands).map(([name, { path }]) => `${name}: ${path ?? "not found"}`),
    `operator plugin: ${plugin}`,
    `Codex home: ${report.codex_home}`,
    `state root: ${report.runtime.state_root}`,
    `node ${report.runtime.node}, ${report.package.name} ${report.package.version}`,
  );
}

/** `doctor` (spec 01 §6.17): the report is the answer; not healthy is exit code 1. */
export const doctor = presents("system.doctor", {
  text: doctorText,
  exitCode: ({ ok }) => (ok ? 0 : 1),
});
