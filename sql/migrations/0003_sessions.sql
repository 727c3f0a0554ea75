-- Sessions over all servers: tokens that resume one, which are open where, which were ended; wrong one-time passwords.

-- What resumes a session. Only a hash of the secret; every row carries a MAC by a key outside the database over the
-- session, employee, hash, address, certificate, the state of the account's password, and the times.
CREATE TABLE session_token (
  session uuid PRIMARY KEY,
  employee uuid NOT NULL REFERENCES employee (id),
  secret_hash bytea NOT NULL,
  address text NOT NULL,
  certificate bytea NOT NULL,
  credentials bytea NOT NULL,
  since timestamptz NOT NULL,
  made_at timestamptz NOT NULL,
  used_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  mac bytea NOT NULL
);
CREATE INDEX session_token_employee ON session_token (employee);
CREATE INDEX session_token_expires_at ON session_token (expires_at);
ALTER TABLE session_token ALTER COLUMN secret_hash SET STATISTICS 0;

-- The connections that are open, for `session.list`; a server renews its own, and what is not renewed counts no more.
CREATE TABLE session_open (
  connection uuid PRIMARY KEY,
  session uuid NOT NULL,
  employee uuid NOT NULL,
  server uuid NOT NULL,
  address text NOT NULL,
  since timestamptz NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_open_server ON session_open (server);
CREATE INDEX session_open_employee ON session_open (employee);

-- Sessions that were ended: their connections close wherever they are. Kept for a day.
CREATE TABLE session_end (
  session uuid PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
);

-- Wrong one-time passwords of the last hour after a right password, and until when no more is taken.
CREATE TABLE one_time_guess (
  employee uuid PRIMARY KEY REFERENCES employee (id),
  guesses timestamptz[] NOT NULL DEFAULT '{}',
  locked_until timestamptz
);

-- Log-ins of an employee, for what a log-in tells of the one before.
CREATE INDEX access_entry_auth ON access_entry (employee, index) WHERE verb = 'auth';

GRANT SELECT, INSERT, UPDATE, DELETE ON session_token, session_open, session_end, one_time_guess TO rekisteri_server;
