-- Access to the letter: teams, deputies, break-glass and approvals, and which rows each epoch of the rules changed.

ALTER TABLE employee ADD COLUMN team text NOT NULL DEFAULT '';
ALTER TABLE employee ADD COLUMN certificate bytea UNIQUE;
ALTER TABLE employee ADD COLUMN same_as uuid;

-- Who stands in for whose customers, from one day to another, both included (UTC).
CREATE TABLE deputy (
  id uuid PRIMARY KEY,
  employee uuid NOT NULL REFERENCES employee (id),
  deputy uuid NOT NULL REFERENCES employee (id),
  from_day date NOT NULL,
  until_day date NOT NULL,
  epoch bigint NOT NULL,
  mac bytea NOT NULL,
  CHECK (until_day >= from_day),
  CHECK (employee <> deputy)
);

-- A wider read, taken in an emergency. The reason is sealed under a key of its own.
CREATE TABLE break_glass (
  id uuid PRIMARY KEY,
  employee uuid NOT NULL REFERENCES employee (id),
  session uuid NOT NULL,
  taken_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  ended_at timestamptz,
  due_at timestamptz NOT NULL,
  slot bigint NOT NULL,
  sealed bytea NOT NULL,
  verdict smallint NOT NULL DEFAULT 0 CHECK (verdict BETWEEN 0 AND 2),
  reviewer uuid,
  reviewed_at timestamptz,
  epoch bigint NOT NULL,
  mac bytea NOT NULL
);
ALTER TABLE break_glass ALTER COLUMN sealed SET STATISTICS 0;

-- What waits for a second person, and what became of it. The request is sealed under a key of its own.
-- state: 1 waiting, 2 approved, 3 executed, 4 refused.
CREATE TABLE approval (
  id uuid PRIMARY KEY,
  requester uuid NOT NULL REFERENCES employee (id),
  action smallint NOT NULL,
  verb text NOT NULL,
  digest bytea NOT NULL,
  barred uuid,
  slot bigint NOT NULL,
  sealed bytea NOT NULL,
  state smallint NOT NULL CHECK (state BETWEEN 1 AND 4),
  approver uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  epoch bigint NOT NULL,
  mac bytea NOT NULL
);
ALTER TABLE approval ALTER COLUMN sealed SET STATISTICS 0;

-- More distinct persons for one employee on one day, as approved.
CREATE TABLE quota (
  id uuid PRIMARY KEY,
  employee uuid NOT NULL REFERENCES employee (id),
  day date NOT NULL,
  persons integer NOT NULL CHECK (persons > 0),
  epoch bigint NOT NULL,
  mac bytea NOT NULL
);

-- The rows that an epoch wrote or removed, with their MACs, under the epoch's own: so a row that was changed by hand is
-- named. NULL in epochs from before this column.
ALTER TABLE access_epoch ADD COLUMN changes bytea;
ALTER TABLE access_epoch ALTER COLUMN changes SET STATISTICS 0;

-- Whose customers somebody has, for reassigning them.
CREATE INDEX person_manager ON person (manager) WHERE manager IS NOT NULL;
CREATE INDEX organisation_manager ON organisation (manager) WHERE manager IS NOT NULL;

-- Keys whose owner is no person: requests and reasons.
CREATE INDEX break_glass_slot ON break_glass (slot);
CREATE INDEX approval_slot ON approval (slot);

GRANT SELECT, INSERT, UPDATE, DELETE ON deputy, approval, quota TO rekisteri_server;
GRANT SELECT, INSERT, UPDATE ON break_glass TO rekisteri_server;
GRANT SELECT ON deputy, quota TO rekisteri_auditor;
