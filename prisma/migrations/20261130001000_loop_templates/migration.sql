-- Loop templates of one's own, each version kept; receipts that were written as criteria are found by the gates (spec 05 §2.3, §9).
-- CreateTable
CREATE TABLE "loop_templates" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "definition_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "loop_templates_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "loop_templates_version_check" CHECK ("version" > 0),
    CONSTRAINT "loop_templates_definition_json_check" CHECK (json_valid("definition_json"))
);

-- CreateIndex
CREATE UNIQUE INDEX "loop_templates_seq" ON "loop_templates"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "loop_templates_name_version" ON "loop_templates"("name", "version");

-- Evidence that was given with `criteria` names its loop only in its text until now.
UPDATE "acceptance_criteria" SET
  "loop_run_id" = json_extract("evidence_json", '$.ralph_loop_run_id'),
  "loop_iteration" = json_extract("evidence_json", '$.iteration'),
  "evidence_type" = trim(json_extract("evidence_json", '$.evidence_type'))
WHERE "loop_run_id" IS NULL
  AND json_type("evidence_json", '$.ralph_loop_run_id') = 'text'
  AND json_type("evidence_json", '$.evidence_type') = 'text'
  AND json_type("evidence_json", '$.iteration') = 'integer'
  AND json_extract("evidence_json", '$.iteration') BETWEEN 0 AND 2147483647
  AND EXISTS (
    SELECT 1 FROM "runs" r WHERE r."id" = json_extract("evidence_json", '$.ralph_loop_run_id') AND r."task_id" = "acceptance_criteria"."task_id");
