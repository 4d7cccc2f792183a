import type { RecordedReceipt } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { saysSomething } from "../shared/proof-words.ts";
import { ADVERSARIAL_CHECK, type ArtifactRequirement } from "./templates.ts";

/**
 * What the loop requires of evidence of this type and the evidence does not hold: properties of an object, the file of a
 * path, a value of the right kind otherwise (spec 05 §5.6). Pure.
 */
export function checkRequirements(
  artifact_requirements: Readonly<Record<string, unknown>>,
  evidence_type: string,
  evidence: Readonly<Record<string, unknown>>,
): RecordedReceipt["requirements"] {
  const requirement = Object.hasOwn(artifact_requirements, evidence_type)
    ? (artifact_requirements[evidence_type] as Partial<ArtifactRequirement> | null)
    : null;
  if (requirement === null || typeof requirement !== "object") return { checked: false, missing: [] };
  if (requirement.type === "path") {
    return { checked: true, missing: isPresent(evidence["artifact_path"], "string") ? [] : ["artifact_path"] };
  }
  if (requirement.type !== "object") {
    const isThere = isPresent(evidence[evidence_type], requirement.type);
    return { checked: true, missing: isThere ? [] : [evidence_type] };
  }
  const required = Array.isArray(requirement.required) ? requirement.required : [];
  const missing = required.filter((name) => !isPresent(evidence[name], requirement.properties?.[name]?.type));
  return { checked: true, missing };
}

function isPresent(value: unknown, type: string | undefined): boolean {
  if (type === "boolean" || type === "number") return typeof value === type;
  return type === "string" ? saysSomething(value) : value !== undefined && value !== null;
}

/** The three texts of an adversarial check, in the order in which they are missed. */
const PROOF_FLAGS = ADVERSARIAL_CHECK.required as readonly string[];

/** Throws `invalid_input` that names the first of the three texts of an adversarial check that says nothing. */
export function assertAdversarial(evidence: Readonly<Record<string, unknown>>): void {
  const missing = PROOF_FLAGS.find((name) => !saysSomething(evidence[name]));
  if (missing === undefined) return;
  const flag = `--${missing.replaceAll("_", "-")}`;
  throw new ConveyorError("invalid_input", `an adversarial check needs ${flag}, a text that says something`, {
    hint: ADVERSARIAL_CHECK.properties?.[missing]?.description ?? "say it in words",
    details: { field: missing },
  });
}
