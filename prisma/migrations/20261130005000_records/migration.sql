-- Records are read a page at a time, in the order of the one sequence: each table that a task's timeline is made of can be
-- walked from its newest row without passing those of other tasks.

-- Attempts know their task themselves.
ALTER TABLE "command_attempts" ADD COLUMN "task_id" TEXT;
UPDATE "command_attempts" SET "task_id" = (SELECT "task_id" FROM "commands" WHERE "id" = "command_attempts"."command_id");

-- CreateIndex
CREATE INDEX "command_attempts_task_id_seq" ON "command_attempts"("task_id", "seq");

-- CreateIndex
CREATE INDEX "notification_acknowledgements_task_id_seq" ON "notification_acknowledgements"("task_id", "seq");

-- CreateIndex
CREATE INDEX "notification_acknowledgements_correlation_id" ON "notification_acknowledgements"("correlation_id");

-- CreateIndex
CREATE INDEX "manager_decisions_manager_cycle_id" ON "manager_decisions"("manager_cycle_id");

-- CreateIndex
CREATE INDEX "manager_cycle_spans_task_id_seq" ON "manager_cycle_spans"("task_id", "seq");

-- CreateIndex
CREATE INDEX "task_acknowledgements_task_id_seq" ON "task_acknowledgements"("task_id", "seq");

-- CreateIndex
CREATE INDEX "task_continuations_task_id_seq" ON "task_continuations"("task_id", "seq");

-- CreateIndex
CREATE INDEX "terminal_captures_task_id_seq" ON "terminal_captures"("task_id", "seq");

-- CreateIndex
CREATE INDEX "terminal_captures_task_id_role_content_sha256_seq" ON "terminal_captures"("task_id", "role", "content_sha256", "seq");

-- CreateIndex
CREATE INDEX "transcript_segments_task_id_seq" ON "transcript_segments"("task_id", "seq");

-- CreateIndex
CREATE INDEX "events_correlation_id" ON "events"("correlation_id", "seq");

-- What stands in a timeline where it was delivered or completed, not where it began.
CREATE INDEX "routed_notifications_task_moment" ON "routed_notifications"("task_id", coalesce("delivered_seq", "seq"));
CREATE INDEX "manager_cycles_task_moment" ON "manager_cycles"("task_id", coalesce("completed_seq", "seq"));

-- The few rows of large tables that a timeline shows.
CREATE INDEX "events_of_criteria" ON "events"("task_id", "seq") WHERE "type" IN ('acceptance_criterion_added', 'acceptance_criterion_updated');
CREATE INDEX "telemetry_events_of_typing" ON "telemetry_events"("task_id", "seq")
  WHERE "event_type" IN ('session_nudge_succeeded', 'session_nudge_failed', 'session_interrupt_succeeded', 'session_interrupt_failed');
CREATE INDEX "telemetry_events_of_errors" ON "telemetry_events"("task_id", "seq") WHERE "severity" = 'error';

-- A correlation id, and the commands and messages that bear it, are found in telemetry without reading any other of it.
CREATE INDEX "telemetry_events_correlation_id" ON "telemetry_events"(json_extract("correlation_json", '$.correlation_id'), "seq")
  WHERE json_extract("correlation_json", '$.correlation_id') IS NOT NULL;
CREATE INDEX "telemetry_events_command_id" ON "telemetry_events"(json_extract("correlation_json", '$.command_id'), "seq")
  WHERE json_extract("correlation_json", '$.command_id') IS NOT NULL;
CREATE INDEX "telemetry_events_notification_id" ON "telemetry_events"(coalesce(json_extract("correlation_json", '$.routed_notification_id'), json_extract("correlation_json", '$.notification_id')), "seq")
  WHERE coalesce(json_extract("correlation_json", '$.routed_notification_id'), json_extract("correlation_json", '$.notification_id')) IS NOT NULL;
