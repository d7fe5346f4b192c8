-- AlterTable
ALTER TABLE "test_clocks" ADD COLUMN     "steps_done" INTEGER NOT NULL DEFAULT 0;

-- What is due is looked up environment by environment.
DROP INDEX subscriptions_due_idx;
DROP INDEX subscription_schedules_due_idx;
DROP INDEX invoices_overdue_idx;
CREATE INDEX subscriptions_due_idx ON subscriptions (environment_id, next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX subscription_schedules_due_idx ON subscription_schedules (environment_id, next_step_at, id)
  WHERE next_step_at IS NOT NULL;
CREATE INDEX invoices_overdue_idx ON invoices (environment_id, due_at, id)
  WHERE status IN ('SENT', 'PARTIALLY_PAID') AND due_at IS NOT NULL;
CREATE INDEX test_clocks_advancing_idx ON test_clocks (environment_id, id) WHERE status = 'ADVANCING';
ALTER TABLE test_clocks
  ADD CONSTRAINT test_clocks_advancing_check CHECK ((status = 'ADVANCING') = (advancing_to IS NOT NULL) AND steps_done >= 0);
