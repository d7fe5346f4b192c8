-- What meters measure of an event, beside its quantity.

ALTER TYPE "meter_aggregation" ADD VALUE 'WEIGHTED_SUM';
ALTER TYPE "meter_status" ADD VALUE 'DRAFT';

ALTER TABLE "meters" ADD COLUMN "value_key" TEXT,
  ADD COLUMN "value_expression" TEXT,
  ADD COLUMN "filters" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "carry_forward" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "alert_thresholds" INTEGER[] NOT NULL DEFAULT ARRAY[]::INTEGER[];

ALTER TABLE meters
  ADD CONSTRAINT meters_value_check CHECK (value_key IS NULL OR value_expression IS NULL),
  ADD CONSTRAINT meters_filters_check CHECK (jsonb_typeof(filters) = 'array'),
  ADD CONSTRAINT meters_alert_thresholds_check CHECK (cardinality(alert_thresholds) <= 5);

-- Usage events, in partitions by the month of their timestamps. See docs/usage.md.

DROP VIEW own_usage_events;
ALTER TABLE usage_events RENAME TO usage_events_before;

CREATE TABLE usage_events (
  LIKE usage_events_before INCLUDING DEFAULTS,
  value DECIMAL(38,12)
) PARTITION BY RANGE ("timestamp");

-- What lies in no month that has a partition of its own.
CREATE TABLE usage_events_other PARTITION OF usage_events DEFAULT;

-- Makes the partition of the month that begins with `month` in UTC, where it is missing, of the rows that are there already.
CREATE FUNCTION make_usage_partition(month date) RETURNS boolean
  LANGUAGE plpgsql
AS $$
DECLARE
  named name := 'usage_events_' || to_char(month, 'YYYY_MM');
  begins timestamptz := month::timestamp AT TIME ZONE 'UTC';
  ends timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  IF to_regclass(quote_ident(named)) IS NOT NULL THEN RETURN false; END IF;
  -- Nobody adds a row of the month meanwhile.
  LOCK TABLE usage_events_other IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE %I (LIKE usage_events_other INCLUDING ALL)', named);
  EXECUTE format('WITH moved AS (DELETE FROM usage_events WHERE "timestamp" >= %L AND "timestamp" < %L RETURNING *)
    INSERT INTO %I SELECT * FROM moved', begins, ends, named);
  EXECUTE format('ALTER TABLE usage_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', named, begins, ends);
  PERFORM isolate_partition(named::regclass);
  RETURN true;
END
$$;

-- Keeps work for an environment to its own rows of a partition, should it ever be read by its own name. It needs no view.
CREATE FUNCTION isolate_partition(target regclass) RETURNS void
  LANGUAGE plpgsql
AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY tenant ON %s USING (environment_id = nullif(current_setting(''billgraph.environment_id'', true), '''')::uuid)', target);
  EXECUTE format('CREATE POLICY platform ON %s TO CURRENT_USER USING (true)', target);
END
$$;

-- The months that events may be of by now, and the next.
CREATE FUNCTION make_usage_partitions(around timestamptz) RETURNS integer
  LANGUAGE sql
AS $$
  SELECT count(*) FILTER (WHERE make_usage_partition(month::date))::integer
  FROM generate_series(-3, 3) AS distance
  CROSS JOIN LATERAL (SELECT date_trunc('month', around AT TIME ZONE 'UTC') + make_interval(months => distance) AS month) m
$$;

SELECT isolate_partition('usage_events_other');
SELECT make_usage_partitions(now());

INSERT INTO usage_events (
  environment_id, id, customer_id, meter_id, subscription_id, quantity, "timestamp", idempotency_key, properties, created_at,
  replaces_id, void_reason, voided_at)
SELECT environment_id, id, customer_id, meter_id, subscription_id, quantity, "timestamp", idempotency_key, properties, created_at,
       replaces_id, void_reason, voided_at
FROM usage_events_before;
DROP TABLE usage_events_before;

ALTER TABLE usage_events ADD CONSTRAINT "usage_events_pkey" PRIMARY KEY ("environment_id", "id", "timestamp");
CREATE INDEX "usage_events_environment_id_timestamp_id_idx" ON "usage_events"("environment_id", "timestamp", "id");
CREATE INDEX "usage_events_environment_id_customer_id_timestamp_id_idx" ON "usage_events"("environment_id", "customer_id", "timestamp", "id");
CREATE INDEX "usage_events_environment_id_meter_id_timestamp_id_idx" ON "usage_events"("environment_id", "meter_id", "timestamp", "id");
CREATE INDEX "usage_events_environment_id_subscription_id_timestamp_id_idx" ON "usage_events"("environment_id", "subscription_id", "timestamp", "id");
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_customer_id_fkey" FOREIGN KEY ("environment_id", "customer_id") REFERENCES "customers"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_meter_id_fkey" FOREIGN KEY ("environment_id", "meter_id") REFERENCES "meters"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_environment_id_subscription_id_fkey" FOREIGN KEY ("environment_id", "subscription_id") REFERENCES "subscriptions"("environment_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE usage_events
  ADD CONSTRAINT usage_events_quantity_check CHECK (quantity >= 0),
  ADD CONSTRAINT usage_events_properties_check CHECK (jsonb_typeof(properties) = 'object'),
  ADD CONSTRAINT usage_events_void_reason_check CHECK (void_reason IS NULL OR voided_at IS NOT NULL),
  ADD CONSTRAINT usage_events_replaces_check CHECK (replaces_id <> id);
SELECT isolate('usage_events');

-- Idempotency keys, unique across partitions.

CREATE TABLE "usage_event_keys" (
    "environment_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "replaces_id" UUID,

    CONSTRAINT "usage_event_keys_pkey" PRIMARY KEY ("environment_id","idempotency_key")
);

-- An event is replaced once.
CREATE UNIQUE INDEX usage_event_keys_replaces_idx ON usage_event_keys (environment_id, replaces_id) WHERE replaces_id IS NOT NULL;

INSERT INTO usage_event_keys
SELECT environment_id, idempotency_key, id, "timestamp", replaces_id FROM usage_events;

-- What the events of an hour come to. Rows change with every event: they are given room to change in their places.

CREATE TABLE "usage_hours" (
    "environment_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "meter_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "subscription_id" UUID NOT NULL,
    "count" BIGINT NOT NULL,
    "sum" DECIMAL(80,12) NOT NULL,
    "moment" DECIMAL(80,12) NOT NULL,
    "min" DECIMAL(38,12),
    "max" DECIMAL(38,12),
    "first_at" TIMESTAMPTZ(3),
    "last_at" TIMESTAMPTZ(3),
    "last_id" UUID,
    "last" DECIMAL(38,12),

    CONSTRAINT "usage_hours_pkey" PRIMARY KEY ("environment_id","customer_id","meter_id","hour","subscription_id")
) WITH (fillfactor = 70);

CREATE TABLE "usage_hour_values" (
    "environment_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "meter_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "digest" BYTEA NOT NULL,
    "subscription_id" UUID NOT NULL,

    CONSTRAINT "usage_hour_values_pkey" PRIMARY KEY ("environment_id","customer_id","meter_id","hour","digest","subscription_id")
);

INSERT INTO usage_hours
SELECT environment_id, customer_id, meter_id, hour, coalesce(subscription_id, '00000000-0000-0000-0000-000000000000'),
       count(*), sum(quantity), sum(quantity * round(extract(epoch FROM "timestamp" - hour) * 1000)), min(quantity), max(quantity),
       min("timestamp"), max("timestamp"),
       (array_agg(id ORDER BY "timestamp" DESC, id DESC))[1], (array_agg(quantity ORDER BY "timestamp" DESC, id DESC))[1]
FROM usage_events CROSS JOIN LATERAL (SELECT date_trunc('hour', "timestamp", 'UTC') AS hour) h
WHERE voided_at IS NULL
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO usage_hour_values
SELECT DISTINCT e.environment_id, e.customer_id, e.meter_id, date_trunc('hour', e."timestamp", 'UTC'),
       sha256(convert_to(e.properties ->> m.unique_key, 'UTF8')), coalesce(e.subscription_id, '00000000-0000-0000-0000-000000000000'::uuid)
FROM usage_events e JOIN meters m ON m.environment_id = e.environment_id AND m.id = e.meter_id
WHERE e.voided_at IS NULL AND e.properties ->> m.unique_key IS NOT NULL;

CREATE INDEX "usage_hours_environment_id_meter_id_hour_idx" ON "usage_hours"("environment_id", "meter_id", "hour");
CREATE INDEX "usage_hour_values_environment_id_meter_id_hour_idx" ON "usage_hour_values"("environment_id", "meter_id", "hour");

SELECT isolate('usage_event_keys');
SELECT isolate('usage_hours');
SELECT isolate('usage_hour_values');
