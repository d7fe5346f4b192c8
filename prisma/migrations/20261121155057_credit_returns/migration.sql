-- AlterTable
ALTER TABLE "credit_transactions" ADD COLUMN     "returns_id" UUID;

-- CreateIndex
CREATE INDEX "credit_transactions_environment_id_returns_id_created_at_id_idx" ON "credit_transactions"("environment_id", "returns_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "credit_transactions" ADD CONSTRAINT "credit_transactions_environment_id_returns_id_fkey" FOREIGN KEY ("environment_id", "returns_id") REFERENCES "credit_transactions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What gives back is an entry for more, of the same wallet as what was consumed, and all that gives back is not more than that was.
CREATE OR REPLACE FUNCTION check_credit_transaction() RETURNS trigger
  LANGUAGE plpgsql
AS $$
DECLARE
  entry uuid := CASE TG_TABLE_NAME WHEN 'credit_transactions' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'transaction_id' END;
  balanced boolean;
  returned uuid;
BEGIN
  SELECT count(*) >= 2 AND sum(p.amount) = 0
    AND sum(p.amount) FILTER (WHERE p.account = 'BALANCE') = min(t.amount)
    AND bool_and(p.grant_id IS NULL OR g.wallet_id = t.wallet_id),
    (array_agg(t.returns_id))[1]
  INTO balanced, returned
  FROM credit_transactions t
  JOIN credit_postings p ON p.environment_id = t.environment_id AND p.transaction_id = t.id
  LEFT JOIN credit_grants g ON g.environment_id = p.environment_id AND g.id = p.grant_id
  WHERE t.environment_id = NEW.environment_id AND t.id = entry;
  IF balanced IS NOT TRUE THEN
    RAISE EXCEPTION 'the postings of credit transaction % do not balance', entry USING ERRCODE = 'check_violation';
  END IF;
  IF returned IS NOT NULL AND (
    SELECT coalesce(sum(r.amount), 0) > -min(c.amount) OR NOT bool_and(r.wallet_id = c.wallet_id AND r.amount > 0)
    FROM credit_transactions c
    JOIN credit_transactions r ON r.environment_id = c.environment_id AND r.returns_id = c.id
    WHERE c.environment_id = NEW.environment_id AND c.id = returned
  ) THEN
    RAISE EXCEPTION 'more is given back than credit transaction % consumed', returned USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;
