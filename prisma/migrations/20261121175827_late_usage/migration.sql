-- AlterTable
ALTER TABLE "usage_charges" ADD COLUMN     "due_at" TIMESTAMPTZ(3);

-- Most charges are never due by themselves.
CREATE INDEX usage_charges_due_idx ON usage_charges (environment_id, due_at) WHERE due_at IS NOT NULL;

UPDATE usage_charges c SET due_at = s.ended_at + interval '1 day'
FROM subscriptions s
WHERE s.environment_id = c.environment_id AND s.id = c.subscription_id AND s.ended_at IS NOT NULL AND NOT c.settled;
