-- The Merkle tree over the access log: tiles, signed checkpoints, cosignatures of witnesses.

-- The tree's root and the signed checkpoint of each size that was reached.
ALTER TABLE checkpoint ADD COLUMN root bytea CHECK (octet_length(root) = 32);
ALTER TABLE checkpoint ADD COLUMN note text;

-- Refusals and uses of break-glass among all the others; and who searched for these words (their hash is the last thing
-- in an entry, its length before it). Ordinary reads pay for neither.
CREATE INDEX access_entry_outcome ON access_entry (outcome, index) WHERE outcome <> 1;
CREATE INDEX access_entry_words ON access_entry (substring(entry FROM octet_length(entry) - 16))
  WHERE verb IN ('person.find', 'organisation.find', 'log.person');

-- Full tiles of 256 hashes (C2SP tlog-tiles); `root` is the hash of the node above one.
CREATE TABLE log_tile (
  level smallint NOT NULL CHECK (level >= 0),
  index bigint NOT NULL CHECK (index >= 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
  PRIMARY KEY (level, index)
);
ALTER TABLE log_tile ALTER COLUMN hashes SET STATISTICS 0;
ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- What witnesses signed: lines of a signed note, for the checkpoint of a size.
CREATE TABLE cosignature (
  size bigint NOT NULL,
  name text NOT NULL,
  key_hash bytea NOT NULL,
  line text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (size, name, key_hash)
);

-- How far what follows the log outside has come.
CREATE TABLE outside_position (
  name text PRIMARY KEY,
  position bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The months whose entries are all older than the retention (five years unless set otherwise), how many entries they
-- have, and the last index that is gone with them and all before. What the newest tile lacks is made from entries, so
-- their month stays until the tile is full.
CREATE FUNCTION log_month_due() RETURNS TABLE (month date, entries bigint, through bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  years integer := greatest(1, coalesce((SELECT value::integer FROM setting WHERE name = 'log-retention-years'), 5));
  tiled bigint := coalesce((SELECT (max(index) + 1) * 256 FROM log_tile WHERE level = 0), 0);
  part record;
  gone bigint := -1;
BEGIN
  FOR part IN SELECT c.relname, to_date(right(c.relname, 6), 'YYYYMM') AS first
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'access_entry'::regclass ORDER BY 2 LOOP
    IF part.first + interval '1 month' < now() - make_interval(years => years) THEN
      EXECUTE format('SELECT count(*), max(index) FROM %I', part.relname) INTO entries, through;
      IF coalesce(through, -1) < tiled THEN
        gone := greatest(gone, through);
        month := part.first;
        through := gone;
        RETURN NEXT;
      END IF;
    END IF;
  END LOOP;
END $$;

-- Drops a month that is due, and no other. The hashes stay.
DROP FUNCTION log_month_drop();
CREATE FUNCTION log_month_drop(due date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7625003);
  IF NOT EXISTS (SELECT FROM log_month_due() d WHERE d.month = due) THEN
    RAISE EXCEPTION 'the month is not past the retention' USING ERRCODE = '22023';
  END IF;
  EXECUTE format('DROP TABLE %I', 'access_entry_' || to_char(due, 'YYYYMM'));
END $$;

-- Of the checkpoints older than a day, the last of each hour stays.
CREATE FUNCTION log_checkpoint_prune() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
  DELETE FROM checkpoint c WHERE c.at < now() - interval '1 day' AND c.size > 0
    AND NOT EXISTS (SELECT FROM cosignature s WHERE s.size = c.size)
    AND EXISTS (SELECT FROM checkpoint later
      WHERE later.size > c.size AND date_trunc('hour', later.at) = date_trunc('hour', c.at));
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
REVOKE ALL ON FUNCTION log_month_due(), log_month_drop(date), log_checkpoint_prune() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_month_due(), log_month_drop(date), log_checkpoint_prune() TO rekisteri_server;

GRANT SELECT, INSERT ON log_tile, cosignature TO rekisteri_server;
GRANT SELECT, INSERT, UPDATE ON outside_position TO rekisteri_server;
GRANT SELECT ON log_tile, cosignature TO rekisteri_auditor;
