-- The three roles, made by a superuser before the first migration. Idempotent.
-- owner: owns and alters; used by `rekisterid migrate` only. server: reads and writes rows, appends to the log.
-- auditor: reads the log and the policy, nothing of the register.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rekisteri_owner') THEN
    CREATE ROLE rekisteri_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rekisteri_server') THEN
    CREATE ROLE rekisteri_server LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rekisteri_auditor') THEN
    CREATE ROLE rekisteri_auditor LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO rekisteri_server, rekisteri_auditor;
GRANT USAGE, CREATE ON SCHEMA public TO rekisteri_owner;
