-- The schema that all migrations together make. Written by the tests, never run:
-- REKISTERI_GOLDEN=write swift test --filter Golden

CREATE FUNCTION public.key_slot_advance(past bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT setval('key_slot', greatest(past, last_value)) FROM key_slot
$$;

ALTER FUNCTION public.key_slot_advance(past bigint) OWNER TO rekisteri_owner;

CREATE FUNCTION public.log_checkpoint_prune() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE removed bigint;
BEGIN
  DELETE FROM checkpoint c WHERE c.at < now() - interval '1 day' AND c.size > 0
    AND NOT EXISTS (SELECT FROM cosignature s WHERE s.size = c.size)
    AND EXISTS (SELECT FROM checkpoint later
      WHERE later.size > c.size AND date_trunc('hour', later.at) = date_trunc('hour', c.at));
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;

ALTER FUNCTION public.log_checkpoint_prune() OWNER TO rekisteri_owner;

CREATE FUNCTION public.log_intake_prune() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.log_intake_prune() OWNER TO rekisteri_owner;

CREATE FUNCTION public.log_month_add(day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.log_month_add(day date) OWNER TO rekisteri_owner;

CREATE FUNCTION public.log_month_drop(due date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7625003);
  IF NOT EXISTS (SELECT FROM log_month_due() d WHERE d.month = due) THEN
    RAISE EXCEPTION 'the month is not past the retention' USING ERRCODE = '22023';
  END IF;
  EXECUTE format('DROP TABLE %I', 'access_entry_' || to_char(due, 'YYYYMM'));
END $$;

ALTER FUNCTION public.log_month_drop(due date) OWNER TO rekisteri_owner;

CREATE FUNCTION public.log_month_due() RETURNS TABLE(month date, entries bigint, through bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

ALTER FUNCTION public.log_month_due() OWNER TO rekisteri_owner;

CREATE TABLE public.access_entry (
    index bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    employee uuid,
    person uuid,
    role smallint NOT NULL,
    purpose smallint NOT NULL,
    outcome smallint NOT NULL,
    verb text NOT NULL,
    entry bytea NOT NULL
)
PARTITION BY RANGE (at);

ALTER TABLE public.access_entry OWNER TO rekisteri_owner;

CREATE TABLE public.access_epoch (
    epoch bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    employee uuid,
    digest bytea NOT NULL,
    mac bytea NOT NULL,
    changes bytea
);
ALTER TABLE ONLY public.access_epoch ALTER COLUMN changes SET STATISTICS 0;

ALTER TABLE public.access_epoch OWNER TO rekisteri_owner;

CREATE TABLE public.access_intake (
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind smallint NOT NULL,
    server uuid NOT NULL,
    chain uuid NOT NULL,
    counter bigint NOT NULL,
    entries integer NOT NULL,
    bytes bytea NOT NULL,
    header bytea NOT NULL,
    mac bytea NOT NULL
);
ALTER TABLE ONLY public.access_intake ALTER COLUMN bytes SET STATISTICS 0;
ALTER TABLE ONLY public.access_intake ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE public.access_intake OWNER TO rekisteri_owner;

ALTER TABLE public.access_intake ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.access_intake_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.affiliation (
    person uuid NOT NULL,
    organisation uuid NOT NULL,
    entry smallint NOT NULL
);

ALTER TABLE public.affiliation OWNER TO rekisteri_owner;

CREATE TABLE public.anomaly_disposition (
    id uuid NOT NULL,
    last_index bigint NOT NULL,
    kind text NOT NULL,
    employee uuid NOT NULL,
    day date NOT NULL,
    disposition text NOT NULL,
    note_id uuid NOT NULL,
    slot bigint NOT NULL,
    note bytea NOT NULL,
    by uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT anomaly_disposition_disposition_check CHECK ((disposition = ANY (ARRAY['explained'::text, 'followed-up'::text, 'incident'::text])))
);
ALTER TABLE ONLY public.anomaly_disposition ALTER COLUMN note SET STATISTICS 0;

ALTER TABLE public.anomaly_disposition OWNER TO rekisteri_owner;

CREATE TABLE public.anomaly_signature (
    id uuid NOT NULL,
    last_index bigint NOT NULL,
    by uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.anomaly_signature OWNER TO rekisteri_owner;

CREATE TABLE public.anomaly_summary (
    day date NOT NULL,
    kind text NOT NULL,
    count bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT anomaly_summary_count_check CHECK ((count >= 0))
);

ALTER TABLE public.anomaly_summary OWNER TO rekisteri_owner;

CREATE TABLE public.approval (
    id uuid NOT NULL,
    requester uuid NOT NULL,
    action smallint NOT NULL,
    verb text NOT NULL,
    digest bytea NOT NULL,
    barred uuid,
    slot bigint NOT NULL,
    sealed bytea NOT NULL,
    state smallint NOT NULL,
    approver uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    epoch bigint NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT approval_state_check CHECK (((state >= 1) AND (state <= 4)))
);
ALTER TABLE ONLY public.approval ALTER COLUMN sealed SET STATISTICS 0;

ALTER TABLE public.approval OWNER TO rekisteri_owner;

CREATE TABLE public.break_glass (
    id uuid NOT NULL,
    employee uuid NOT NULL,
    session uuid NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    due_at timestamp with time zone NOT NULL,
    slot bigint NOT NULL,
    sealed bytea NOT NULL,
    verdict smallint DEFAULT 0 NOT NULL,
    reviewer uuid,
    reviewed_at timestamp with time zone,
    epoch bigint NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT break_glass_verdict_check CHECK (((verdict >= 0) AND (verdict <= 2)))
);
ALTER TABLE ONLY public.break_glass ALTER COLUMN sealed SET STATISTICS 0;

ALTER TABLE public.break_glass OWNER TO rekisteri_owner;

CREATE TABLE public.checkpoint (
    size bigint NOT NULL,
    previous bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xmin_next xid8 NOT NULL,
    root bytea,
    note text,
    CONSTRAINT checkpoint_check CHECK (((size > previous) OR ((size = 0) AND (previous = '-1'::integer)))),
    CONSTRAINT checkpoint_root_check CHECK ((octet_length(root) = 32))
);

ALTER TABLE public.checkpoint OWNER TO rekisteri_owner;

CREATE TABLE public.cosignature (
    size bigint NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    line text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.cosignature OWNER TO rekisteri_owner;

CREATE TABLE public.deputy (
    id uuid NOT NULL,
    employee uuid NOT NULL,
    deputy uuid NOT NULL,
    from_day date NOT NULL,
    until_day date NOT NULL,
    epoch bigint NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT deputy_check CHECK ((until_day >= from_day)),
    CONSTRAINT deputy_check1 CHECK ((employee <> deputy))
);

ALTER TABLE public.deputy OWNER TO rekisteri_owner;

CREATE TABLE public.directory_change (
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind smallint NOT NULL,
    subject uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT directory_change_kind_check CHECK ((kind = ANY (ARRAY[1, 2])))
);

ALTER TABLE public.directory_change OWNER TO rekisteri_owner;

ALTER TABLE public.directory_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.directory_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.employee (
    id uuid NOT NULL,
    rev integer DEFAULT 1 NOT NULL,
    name text NOT NULL,
    full_name text DEFAULT ''::text NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    verifier bytea,
    one_time_seed bytea,
    unix_user text,
    epoch bigint NOT NULL,
    mac bytea NOT NULL,
    team text DEFAULT ''::text NOT NULL,
    certificate bytea,
    same_as uuid
);
ALTER TABLE ONLY public.employee ALTER COLUMN verifier SET STATISTICS 0;
ALTER TABLE ONLY public.employee ALTER COLUMN one_time_seed SET STATISTICS 0;

ALTER TABLE public.employee OWNER TO rekisteri_owner;

CREATE TABLE public.employee_role (
    employee uuid NOT NULL,
    role smallint NOT NULL,
    epoch bigint NOT NULL,
    mac bytea NOT NULL
);

ALTER TABLE public.employee_role OWNER TO rekisteri_owner;

CREATE TABLE public.integrated (
    intake bigint NOT NULL,
    kind smallint NOT NULL,
    chain uuid NOT NULL,
    counter bigint NOT NULL,
    mac bytea NOT NULL,
    seal bytea NOT NULL
);

ALTER TABLE public.integrated OWNER TO rekisteri_owner;

CREATE TABLE public.key_fate (
    slot bigint NOT NULL,
    person uuid NOT NULL,
    category smallint NOT NULL,
    state smallint NOT NULL,
    replaced_at timestamp with time zone DEFAULT now() NOT NULL,
    replaced_lsn pg_lsn DEFAULT pg_current_wal_insert_lsn() NOT NULL,
    due_at timestamp with time zone NOT NULL,
    destroyed_at timestamp with time zone,
    CONSTRAINT key_fate_state_check CHECK (((state >= 1) AND (state <= 3)))
);

ALTER TABLE public.key_fate OWNER TO rekisteri_owner;

CREATE SEQUENCE public.key_slot
    START WITH 128
    INCREMENT BY 1
    MINVALUE 128
    NO MAXVALUE
    CACHE 1;

ALTER TABLE public.key_slot OWNER TO rekisteri_owner;

CREATE TABLE public.log_tile (
    level smallint NOT NULL,
    index bigint NOT NULL,
    root bytea NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT log_tile_hashes_check CHECK ((octet_length(hashes) = 8192)),
    CONSTRAINT log_tile_index_check CHECK ((index >= 0)),
    CONSTRAINT log_tile_level_check CHECK ((level >= 0)),
    CONSTRAINT log_tile_root_check CHECK ((octet_length(root) = 32))
);
ALTER TABLE ONLY public.log_tile ALTER COLUMN hashes SET STATISTICS 0;
ALTER TABLE ONLY public.log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

ALTER TABLE public.log_tile OWNER TO rekisteri_owner;

CREATE TABLE public.once (
    employee uuid NOT NULL,
    key text NOT NULL,
    digest bytea NOT NULL,
    outcome bytea NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.once OWNER TO rekisteri_owner;

CREATE TABLE public.one_time_guess (
    employee uuid NOT NULL,
    guesses timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    locked_until timestamp with time zone
);

ALTER TABLE public.one_time_guess OWNER TO rekisteri_owner;

CREATE TABLE public.one_time_used (
    employee uuid NOT NULL,
    step bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.one_time_used OWNER TO rekisteri_owner;

CREATE TABLE public.organisation (
    id uuid NOT NULL,
    rev integer DEFAULT 1 NOT NULL,
    name text NOT NULL,
    business_id text,
    form text DEFAULT ''::text NOT NULL,
    industry text DEFAULT ''::text NOT NULL,
    status smallint NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    street text DEFAULT ''::text NOT NULL,
    postcode text DEFAULT ''::text NOT NULL,
    town text DEFAULT ''::text NOT NULL,
    country text DEFAULT ''::text NOT NULL,
    website text DEFAULT ''::text NOT NULL,
    manager uuid,
    source smallint NOT NULL,
    source_note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organisation_source_check CHECK (((source >= 1) AND (source <= 7))),
    CONSTRAINT organisation_status_check CHECK (((status >= 1) AND (status <= 3)))
);

ALTER TABLE public.organisation OWNER TO rekisteri_owner;

CREATE TABLE public.outside_position (
    name text NOT NULL,
    "position" bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE public.outside_position OWNER TO rekisteri_owner;

CREATE TABLE public.person (
    id uuid NOT NULL,
    rev integer DEFAULT 1 NOT NULL,
    kind smallint NOT NULL,
    status smallint NOT NULL,
    marks smallint DEFAULT 0 NOT NULL,
    language smallint DEFAULT 1 NOT NULL,
    manager uuid,
    informed_at timestamp with time zone,
    informed_how smallint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT person_kind_check CHECK ((kind = ANY (ARRAY[1, 2]))),
    CONSTRAINT person_language_check CHECK (((language >= 1) AND (language <= 3))),
    CONSTRAINT person_status_check CHECK (((status >= 1) AND (status <= 3)))
);

ALTER TABLE public.person OWNER TO rekisteri_owner;

CREATE TABLE public.person_history (
    id bigint NOT NULL,
    person uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    employee uuid NOT NULL,
    verb text NOT NULL,
    fields bigint NOT NULL,
    source smallint
);

ALTER TABLE public.person_history OWNER TO rekisteri_owner;

ALTER TABLE public.person_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.person_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.person_part (
    person uuid NOT NULL,
    category smallint NOT NULL,
    slot bigint NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT person_part_category_check CHECK (((category >= 1) AND (category <= 10)))
);
ALTER TABLE ONLY public.person_part ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE ONLY public.person_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

ALTER TABLE public.person_part OWNER TO rekisteri_owner;

CREATE TABLE public.policy_grant (
    id uuid NOT NULL,
    role smallint NOT NULL,
    object text NOT NULL,
    action text NOT NULL,
    effect smallint NOT NULL,
    kinds smallint NOT NULL,
    fields bigint NOT NULL,
    purposes integer NOT NULL,
    scope smallint NOT NULL,
    since_epoch bigint NOT NULL,
    until_epoch bigint,
    mac bytea NOT NULL,
    CONSTRAINT policy_grant_effect_check CHECK ((effect = ANY (ARRAY[1, 2])))
);

ALTER TABLE public.policy_grant OWNER TO rekisteri_owner;

CREATE TABLE public.quota (
    id uuid NOT NULL,
    employee uuid NOT NULL,
    day date NOT NULL,
    persons integer NOT NULL,
    epoch bigint NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT quota_persons_check CHECK ((persons > 0))
);

ALTER TABLE public.quota OWNER TO rekisteri_owner;

CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.schema_migration OWNER TO rekisteri_owner;

CREATE TABLE public.server_instance (
    server uuid NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    directory_xmin xid8 DEFAULT '0'::xid8 NOT NULL
);

ALTER TABLE public.server_instance OWNER TO rekisteri_owner;

CREATE TABLE public.session_end (
    session uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.session_end OWNER TO rekisteri_owner;

CREATE TABLE public.session_open (
    connection uuid NOT NULL,
    session uuid NOT NULL,
    employee uuid NOT NULL,
    server uuid NOT NULL,
    address text NOT NULL,
    since timestamp with time zone NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.session_open OWNER TO rekisteri_owner;

CREATE TABLE public.session_token (
    session uuid NOT NULL,
    employee uuid NOT NULL,
    secret_hash bytea NOT NULL,
    address text NOT NULL,
    certificate bytea NOT NULL,
    credentials bytea NOT NULL,
    since timestamp with time zone NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    mac bytea NOT NULL
);
ALTER TABLE ONLY public.session_token ALTER COLUMN secret_hash SET STATISTICS 0;

ALTER TABLE public.session_token OWNER TO rekisteri_owner;

CREATE TABLE public.setting (
    name text NOT NULL,
    value text NOT NULL
);

ALTER TABLE public.setting OWNER TO rekisteri_owner;

ALTER TABLE ONLY public.access_epoch
    ADD CONSTRAINT access_epoch_pkey PRIMARY KEY (epoch);

ALTER TABLE ONLY public.access_intake
    ADD CONSTRAINT access_intake_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.affiliation
    ADD CONSTRAINT affiliation_pkey PRIMARY KEY (person, organisation);

ALTER TABLE ONLY public.anomaly_disposition
    ADD CONSTRAINT anomaly_disposition_pkey PRIMARY KEY (id, last_index);

ALTER TABLE ONLY public.anomaly_signature
    ADD CONSTRAINT anomaly_signature_pkey PRIMARY KEY (id, last_index);

ALTER TABLE ONLY public.anomaly_summary
    ADD CONSTRAINT anomaly_summary_pkey PRIMARY KEY (day, kind);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.break_glass
    ADD CONSTRAINT break_glass_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (size);

ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_previous_key UNIQUE (previous);

ALTER TABLE ONLY public.cosignature
    ADD CONSTRAINT cosignature_pkey PRIMARY KEY (size, name, key_hash);

ALTER TABLE ONLY public.deputy
    ADD CONSTRAINT deputy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.directory_change
    ADD CONSTRAINT directory_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_certificate_key UNIQUE (certificate);

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_name_key UNIQUE (name);

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.employee_role
    ADD CONSTRAINT employee_role_pkey PRIMARY KEY (employee, role);

ALTER TABLE ONLY public.employee
    ADD CONSTRAINT employee_unix_user_key UNIQUE (unix_user);

ALTER TABLE ONLY public.integrated
    ADD CONSTRAINT integrated_pkey PRIMARY KEY (intake);

ALTER TABLE ONLY public.key_fate
    ADD CONSTRAINT key_fate_pkey PRIMARY KEY (slot);

ALTER TABLE ONLY public.log_tile
    ADD CONSTRAINT log_tile_pkey PRIMARY KEY (level, index);

ALTER TABLE ONLY public.once
    ADD CONSTRAINT once_pkey PRIMARY KEY (employee, key);

ALTER TABLE ONLY public.one_time_guess
    ADD CONSTRAINT one_time_guess_pkey PRIMARY KEY (employee);

ALTER TABLE ONLY public.one_time_used
    ADD CONSTRAINT one_time_used_pkey PRIMARY KEY (employee, step);

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_business_id_key UNIQUE (business_id);

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outside_position
    ADD CONSTRAINT outside_position_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.person_history
    ADD CONSTRAINT person_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.person_part
    ADD CONSTRAINT person_part_pkey PRIMARY KEY (person, category);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policy_grant
    ADD CONSTRAINT policy_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.quota
    ADD CONSTRAINT quota_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.server_instance
    ADD CONSTRAINT server_instance_pkey PRIMARY KEY (server);

ALTER TABLE ONLY public.session_end
    ADD CONSTRAINT session_end_pkey PRIMARY KEY (session);

ALTER TABLE ONLY public.session_open
    ADD CONSTRAINT session_open_pkey PRIMARY KEY (connection);

ALTER TABLE ONLY public.session_token
    ADD CONSTRAINT session_token_pkey PRIMARY KEY (session);

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (name);

CREATE INDEX access_entry_auth ON ONLY public.access_entry USING btree (employee, index) WHERE (verb = 'auth'::text);

CREATE INDEX access_entry_employee ON ONLY public.access_entry USING btree (employee, index);

CREATE INDEX access_entry_index ON ONLY public.access_entry USING btree (index);

CREATE INDEX access_entry_outcome ON ONLY public.access_entry USING btree (outcome, index) WHERE (outcome <> 1);

CREATE INDEX access_entry_person ON ONLY public.access_entry USING btree (person, index) WHERE (person IS NOT NULL);

CREATE INDEX access_entry_words ON ONLY public.access_entry USING btree (SUBSTRING(entry FROM (octet_length(entry) - 16))) WHERE (verb = ANY (ARRAY['person.find'::text, 'organisation.find'::text, 'log.person'::text]));

CREATE INDEX access_intake_xid ON public.access_intake USING btree (xid);

CREATE INDEX affiliation_organisation ON public.affiliation USING btree (organisation, person);

CREATE INDEX anomaly_disposition_slot ON public.anomaly_disposition USING btree (slot);

CREATE INDEX approval_slot ON public.approval USING btree (slot);

CREATE INDEX break_glass_slot ON public.break_glass USING btree (slot);

CREATE INDEX directory_change_xid ON public.directory_change USING btree (xid);

CREATE INDEX integrated_chain ON public.integrated USING btree (chain, counter);

CREATE INDEX key_fate_due ON public.key_fate USING btree (due_at) WHERE (state < 3);

CREATE INDEX once_at ON public.once USING btree (at);

CREATE INDEX organisation_manager ON public.organisation USING btree (manager) WHERE (manager IS NOT NULL);

CREATE INDEX person_history_person ON public.person_history USING btree (person, id);

CREATE INDEX person_manager ON public.person USING btree (manager) WHERE (manager IS NOT NULL);

CREATE UNIQUE INDEX person_part_slot ON public.person_part USING btree (slot);

CREATE INDEX session_open_employee ON public.session_open USING btree (employee);

CREATE INDEX session_open_server ON public.session_open USING btree (server);

CREATE INDEX session_token_employee ON public.session_token USING btree (employee);

CREATE INDEX session_token_expires_at ON public.session_token USING btree (expires_at);

ALTER TABLE ONLY public.affiliation
    ADD CONSTRAINT affiliation_organisation_fkey FOREIGN KEY (organisation) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.affiliation
    ADD CONSTRAINT affiliation_person_fkey FOREIGN KEY (person) REFERENCES public.person(id);

ALTER TABLE ONLY public.anomaly_signature
    ADD CONSTRAINT anomaly_signature_id_last_index_fkey FOREIGN KEY (id, last_index) REFERENCES public.anomaly_disposition(id, last_index);

ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_requester_fkey FOREIGN KEY (requester) REFERENCES public.employee(id);

ALTER TABLE ONLY public.break_glass
    ADD CONSTRAINT break_glass_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

ALTER TABLE ONLY public.deputy
    ADD CONSTRAINT deputy_deputy_fkey FOREIGN KEY (deputy) REFERENCES public.employee(id);

ALTER TABLE ONLY public.deputy
    ADD CONSTRAINT deputy_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

ALTER TABLE ONLY public.employee_role
    ADD CONSTRAINT employee_role_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

ALTER TABLE ONLY public.one_time_guess
    ADD CONSTRAINT one_time_guess_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

ALTER TABLE ONLY public.one_time_used
    ADD CONSTRAINT one_time_used_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

ALTER TABLE ONLY public.person_part
    ADD CONSTRAINT person_part_person_fkey FOREIGN KEY (person) REFERENCES public.person(id);

ALTER TABLE ONLY public.quota
    ADD CONSTRAINT quota_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

ALTER TABLE ONLY public.session_token
    ADD CONSTRAINT session_token_employee_fkey FOREIGN KEY (employee) REFERENCES public.employee(id);

GRANT USAGE ON SCHEMA public TO rekisteri_server;
GRANT USAGE ON SCHEMA public TO rekisteri_auditor;
GRANT ALL ON SCHEMA public TO rekisteri_owner;

REVOKE ALL ON FUNCTION public.key_slot_advance(past bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.key_slot_advance(past bigint) TO rekisteri_server;

REVOKE ALL ON FUNCTION public.log_checkpoint_prune() FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_checkpoint_prune() TO rekisteri_server;

REVOKE ALL ON FUNCTION public.log_intake_prune() FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_intake_prune() TO rekisteri_server;

REVOKE ALL ON FUNCTION public.log_month_add(day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_month_add(day date) TO rekisteri_server;

REVOKE ALL ON FUNCTION public.log_month_drop(due date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_month_drop(due date) TO rekisteri_server;

REVOKE ALL ON FUNCTION public.log_month_due() FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_month_due() TO rekisteri_server;

GRANT SELECT,INSERT ON TABLE public.access_entry TO rekisteri_server;
GRANT SELECT ON TABLE public.access_entry TO rekisteri_auditor;

GRANT SELECT,INSERT ON TABLE public.access_epoch TO rekisteri_server;
GRANT SELECT ON TABLE public.access_epoch TO rekisteri_auditor;

GRANT SELECT,INSERT ON TABLE public.access_intake TO rekisteri_server;
GRANT SELECT ON TABLE public.access_intake TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.affiliation TO rekisteri_server;

GRANT SELECT,INSERT ON TABLE public.anomaly_disposition TO rekisteri_server;
GRANT SELECT ON TABLE public.anomaly_disposition TO rekisteri_auditor;

GRANT SELECT,INSERT ON TABLE public.anomaly_signature TO rekisteri_server;
GRANT SELECT ON TABLE public.anomaly_signature TO rekisteri_auditor;

GRANT SELECT,INSERT ON TABLE public.anomaly_summary TO rekisteri_server;
GRANT SELECT ON TABLE public.anomaly_summary TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.approval TO rekisteri_server;

GRANT SELECT,INSERT,UPDATE ON TABLE public.break_glass TO rekisteri_server;

GRANT SELECT,INSERT ON TABLE public.checkpoint TO rekisteri_server;
GRANT SELECT ON TABLE public.checkpoint TO rekisteri_auditor;

GRANT SELECT,INSERT ON TABLE public.cosignature TO rekisteri_server;
GRANT SELECT ON TABLE public.cosignature TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.deputy TO rekisteri_server;
GRANT SELECT ON TABLE public.deputy TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE ON TABLE public.directory_change TO rekisteri_server;

GRANT SELECT,INSERT,UPDATE ON TABLE public.employee TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.employee_role TO rekisteri_server;

GRANT SELECT,INSERT ON TABLE public.integrated TO rekisteri_server;
GRANT SELECT ON TABLE public.integrated TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.key_fate TO rekisteri_server;

GRANT SELECT,USAGE ON SEQUENCE public.key_slot TO rekisteri_server;

GRANT SELECT,INSERT ON TABLE public.log_tile TO rekisteri_server;
GRANT SELECT ON TABLE public.log_tile TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.once TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.one_time_guess TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.one_time_used TO rekisteri_server;

GRANT SELECT,INSERT,UPDATE ON TABLE public.organisation TO rekisteri_server;

GRANT SELECT,INSERT,UPDATE ON TABLE public.outside_position TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person TO rekisteri_server;

GRANT SELECT,INSERT,DELETE ON TABLE public.person_history TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person_part TO rekisteri_server;

GRANT SELECT,INSERT,UPDATE ON TABLE public.policy_grant TO rekisteri_server;
GRANT SELECT ON TABLE public.policy_grant TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota TO rekisteri_server;
GRANT SELECT ON TABLE public.quota TO rekisteri_auditor;

GRANT SELECT ON TABLE public.schema_migration TO rekisteri_server;
GRANT SELECT ON TABLE public.schema_migration TO rekisteri_auditor;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.server_instance TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_end TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_open TO rekisteri_server;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_token TO rekisteri_server;

GRANT SELECT,INSERT,UPDATE ON TABLE public.setting TO rekisteri_server;
