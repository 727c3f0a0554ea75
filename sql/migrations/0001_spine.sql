-- The spine: organisations, sealed persons, employees and policy, the access log.
-- Runs as the owner (rekisteri_owner). roles.sql made the roles before.

-- Organisations: not personal data, in clear -------------------------------------------------------------------------

CREATE TABLE organisation (
  id uuid PRIMARY KEY,
  rev integer NOT NULL DEFAULT 1,
  name text NOT NULL,
  business_id text UNIQUE,
  form text NOT NULL DEFAULT '',
  industry text NOT NULL DEFAULT '',
  status smallint NOT NULL CHECK (status BETWEEN 1 AND 3),
  phone text NOT NULL DEFAULT '',
  email text NOT NULL DEFAULT '',
  street text NOT NULL DEFAULT '',
  postcode text NOT NULL DEFAULT '',
  town text NOT NULL DEFAULT '',
  country text NOT NULL DEFAULT '',
  website text NOT NULL DEFAULT '',
  manager uuid,
  source smallint NOT NULL CHECK (source BETWEEN 1 AND 7),
  source_note text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- Persons: only links, dates and marks in clear; every datum sealed, a key a person and category -----------------------

CREATE TABLE person (
  id uuid PRIMARY KEY,
  rev integer NOT NULL DEFAULT 1,
  kind smallint NOT NULL CHECK (kind IN (1, 2)),
  status smallint NOT NULL CHECK (status BETWEEN 1 AND 3),
  marks smallint NOT NULL DEFAULT 0,
  language smallint NOT NULL DEFAULT 1 CHECK (language BETWEEN 1 AND 3),
  manager uuid,
  informed_at timestamptz,
  informed_how smallint,
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE person_part (
  person uuid NOT NULL REFERENCES person (id),
  category smallint NOT NULL CHECK (category BETWEEN 1 AND 10),
  slot bigint NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (person, category)
);
CREATE UNIQUE INDEX person_part_slot ON person_part (slot);
ALTER TABLE person_part ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE person_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE TABLE affiliation (
  person uuid NOT NULL REFERENCES person (id),
  organisation uuid NOT NULL REFERENCES organisation (id),
  entry smallint NOT NULL,
  PRIMARY KEY (person, organisation)
);
CREATE INDEX affiliation_organisation ON affiliation (organisation, person);

-- Which field changed, when, by whom and from what source; never a value.
CREATE TABLE person_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  employee uuid NOT NULL,
  verb text NOT NULL,
  fields bigint NOT NULL,
  source smallint
);
CREATE INDEX person_history_person ON person_history (person, id);

-- Keys -----------------------------------------------------------------------------------------------------------------

CREATE SEQUENCE key_slot MINVALUE 128 START 128;

-- Moves the numbers past the key store's end, never back: a restored database has an older sequence.
CREATE FUNCTION key_slot_advance(past bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT setval('key_slot', greatest(past, last_value)) FROM key_slot
$$;
REVOKE ALL ON FUNCTION key_slot_advance(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION key_slot_advance(bigint) TO rekisteri_server;

-- Keys on their way to destruction: a state machine (docs/architecture.md, Sealing).
-- state: 1 waiting (a replaced value, due later), 2 marked (to overwrite now), 3 destroyed.
CREATE TABLE key_fate (
  slot bigint PRIMARY KEY,
  person uuid NOT NULL,
  category smallint NOT NULL,
  state smallint NOT NULL CHECK (state BETWEEN 1 AND 3),
  replaced_at timestamptz NOT NULL DEFAULT now(),
  replaced_lsn pg_lsn NOT NULL DEFAULT pg_current_wal_insert_lsn(),
  due_at timestamptz NOT NULL,
  destroyed_at timestamptz
);
CREATE INDEX key_fate_due ON key_fate (due_at) WHERE state < 3;

-- The directory's changes, removals included, for every server's memory ---------------------------------------------------

CREATE TABLE directory_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind smallint NOT NULL CHECK (kind IN (1, 2)),
  subject uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX directory_change_xid ON directory_change (xid);

CREATE TABLE server_instance (
  server uuid PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  directory_xmin xid8 NOT NULL DEFAULT '0'
);

-- Employees and policy: every row carries a MAC by a key outside the database -----------------------------------------------

CREATE TABLE employee (
  id uuid PRIMARY KEY,
  rev integer NOT NULL DEFAULT 1,
  name text NOT NULL UNIQUE,
  full_name text NOT NULL DEFAULT '',
  disabled boolean NOT NULL DEFAULT false,
  verifier bytea,
  one_time_seed bytea,
  unix_user text UNIQUE,
  epoch bigint NOT NULL,
  mac bytea NOT NULL
);
ALTER TABLE employee ALTER COLUMN verifier SET STATISTICS 0;
ALTER TABLE employee ALTER COLUMN one_time_seed SET STATISTICS 0;

CREATE TABLE employee_role (
  employee uuid NOT NULL REFERENCES employee (id),
  role smallint NOT NULL,
  epoch bigint NOT NULL,
  mac bytea NOT NULL,
  PRIMARY KEY (employee, role)
);

-- A grant holds from its epoch until the epoch that ended it: the policy's history.
CREATE TABLE policy_grant (
  id uuid PRIMARY KEY,
  role smallint NOT NULL,
  object text NOT NULL,
  action text NOT NULL,
  effect smallint NOT NULL CHECK (effect IN (1, 2)),
  kinds smallint NOT NULL,
  fields bigint NOT NULL,
  purposes integer NOT NULL,
  scope smallint NOT NULL,
  since_epoch bigint NOT NULL,
  until_epoch bigint,
  mac bytea NOT NULL
);

-- The numbered states of employees, roles and policy together; the digest is over the MACs of all their rows.
CREATE TABLE access_epoch (
  epoch bigint PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  employee uuid,
  digest bytea NOT NULL,
  mac bytea NOT NULL
);

CREATE TABLE one_time_used (
  employee uuid NOT NULL REFERENCES employee (id),
  step bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (employee, step)
);

CREATE TABLE once (
  employee uuid NOT NULL,
  key text NOT NULL,
  digest bytea NOT NULL,
  outcome bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (employee, key)
);
CREATE INDEX once_at ON once (at);

CREATE TABLE setting (
  name text PRIMARY KEY,
  value text NOT NULL
);

-- The access log ---------------------------------------------------------------------------------------------------------

-- kind: 1 a batch of the ledger's lane (counted and chained), 2 the entries of one writing command.
CREATE TABLE access_intake (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind smallint NOT NULL,
  server uuid NOT NULL,
  chain uuid NOT NULL,
  counter bigint NOT NULL,
  entries integer NOT NULL,
  bytes bytea NOT NULL,
  header bytea NOT NULL,
  mac bytea NOT NULL
);
CREATE INDEX access_intake_xid ON access_intake (xid);
ALTER TABLE access_intake ALTER COLUMN bytes SET STATISTICS 0;
ALTER TABLE access_intake ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Intake rows that are in the log; `seal` is the server's HMAC over the row.
CREATE TABLE integrated (
  intake bigint PRIMARY KEY,
  kind smallint NOT NULL,
  chain uuid NOT NULL,
  counter bigint NOT NULL,
  mac bytea NOT NULL,
  seal bytea NOT NULL
);
CREATE INDEX integrated_chain ON integrated (chain, counter);

-- One row each time entries were integrated: the log has `size` entries, `previous` before.
CREATE TABLE checkpoint (
  size bigint PRIMARY KEY,
  previous bigint NOT NULL UNIQUE,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  xmin_next xid8 NOT NULL,
  CHECK (size > previous OR (size = 0 AND previous = -1))
);
INSERT INTO checkpoint (size, previous, xmin_next) VALUES (0, -1, '0');

CREATE TABLE access_entry (
  index bigint NOT NULL,
  at timestamptz NOT NULL,
  employee uuid,
  person uuid,
  role smallint NOT NULL,
  purpose smallint NOT NULL,
  outcome smallint NOT NULL,
  verb text NOT NULL,
  entry bytea NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX access_entry_index ON access_entry (index);
CREATE INDEX access_entry_person ON access_entry (person, index) WHERE person IS NOT NULL;
CREATE INDEX access_entry_employee ON access_entry (employee, index);

-- Makes the partition of the month of `day` where it is missing. The server may call it; it may not create tables itself.
CREATE FUNCTION log_month_add(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', day)::date;
  name text := 'access_entry_' || to_char(first, 'YYYYMM');
BEGIN
  IF day < date '2000-01-01' OR day > (now() + interval '2 months')::date THEN
    RAISE EXCEPTION 'no log month is added so far from today' USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(7625003);
  IF to_regclass(name) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF access_entry FOR VALUES FROM (%L) TO (%L)', name,
      first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('GRANT SELECT, INSERT ON %I TO rekisteri_server', name);
    EXECUTE format('GRANT SELECT ON %I TO rekisteri_auditor', name);
    EXECUTE format('ALTER TABLE %I ALTER COLUMN entry SET STATISTICS 0', name);
  END IF;
END $$;

-- Removes intake rows that were integrated more than an hour ago; the last row of each chain stays in `integrated`.
CREATE FUNCTION log_intake_prune() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
  DELETE FROM access_intake i USING integrated g WHERE g.intake = i.id AND i.at < now() - interval '1 hour';
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM integrated g
    WHERE NOT EXISTS (SELECT FROM access_intake i WHERE i.id = g.intake)
      AND (g.kind = 2
        OR EXISTS (SELECT FROM integrated later WHERE later.chain = g.chain AND later.counter > g.counter));
  RETURN removed;
END $$;

-- Drops the months whose entries are all older than the retention (five years unless set otherwise), and no other.
CREATE FUNCTION log_month_drop() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  years integer := greatest(1, coalesce((SELECT value::integer FROM setting WHERE name = 'log-retention-years'), 5));
  part record;
  dropped integer := 0;
BEGIN
  FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'access_entry'::regclass LOOP
    IF to_date(right(part.relname, 6), 'YYYYMM') + interval '1 month' < now() - make_interval(years => years) THEN
      EXECUTE format('DROP TABLE %I', part.relname);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION log_month_add(date), log_intake_prune(), log_month_drop() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_month_add(date), log_intake_prune(), log_month_drop() TO rekisteri_server;

-- Rights: the server cannot change or delete what is in the log, nor alter anything --------------------------------------------

GRANT SELECT, INSERT, UPDATE ON organisation, person, employee, policy_grant, key_fate, server_instance, setting
  TO rekisteri_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON person_part, affiliation, employee_role, once, one_time_used TO rekisteri_server;
GRANT DELETE ON person, key_fate, server_instance, directory_change TO rekisteri_server;
GRANT SELECT, INSERT ON person_history, directory_change, access_epoch TO rekisteri_server;
GRANT DELETE ON person_history TO rekisteri_server;
GRANT USAGE ON SEQUENCE key_slot TO rekisteri_server;
GRANT SELECT ON SEQUENCE key_slot TO rekisteri_server;
GRANT SELECT, INSERT ON access_intake, integrated, checkpoint, access_entry TO rekisteri_server;
GRANT SELECT ON schema_migration TO rekisteri_server;
GRANT SELECT ON access_intake, integrated, checkpoint, access_entry, access_epoch, policy_grant, schema_migration
  TO rekisteri_auditor;
