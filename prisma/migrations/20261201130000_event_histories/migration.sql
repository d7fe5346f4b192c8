-- What numbers of transactions mean for events. They are constants that starting after a restore writes anew, see
-- src/db/events/history.ts and docs/decisions/0052-a-restored-database-begins-a-new-history.md.

-- What is added to the numbers of this server, so that those of new events are above all that came with a dump.
CREATE FUNCTION event_shift() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE RETURN 0::bigint;

-- How often the database came to a server that is not the one which gave the numbers before. Cursors say it.
CREATE FUNCTION event_history() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE RETURN 1;

-- The server and database that give the numbers; empty until the first start.
CREATE FUNCTION event_server() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN ''::text;

-- AlterTable
ALTER TABLE "events" ALTER COLUMN "transaction_id" SET DEFAULT (((pg_current_xact_id())::text)::bigint + event_shift());
