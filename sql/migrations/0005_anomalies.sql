-- Reasons to look: what stands out in the access log is found anew each time; here is what became of it. Rows are only
-- ever added.

-- What somebody found out about a finding, and up to which entry. The note is sealed, with a salt before it, under a key
-- of its own.
CREATE TABLE anomaly_disposition (
  id uuid NOT NULL,
  last_index bigint NOT NULL,
  kind text NOT NULL,
  employee uuid NOT NULL,
  day date NOT NULL,
  disposition text NOT NULL CHECK (disposition IN ('explained', 'followed-up', 'incident')),
  note_id uuid NOT NULL,
  slot bigint NOT NULL,
  note bytea NOT NULL,
  by uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (id, last_index)
);
CREATE INDEX anomaly_disposition_slot ON anomaly_disposition (slot);
ALTER TABLE anomaly_disposition ALTER COLUMN note SET STATISTICS 0;

-- Who agreed; never who disposed of it, nor whom it is about.
CREATE TABLE anomaly_signature (
  id uuid NOT NULL,
  last_index bigint NOT NULL,
  by uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (id, last_index),
  FOREIGN KEY (id, last_index) REFERENCES anomaly_disposition (id, last_index)
);

-- How many findings of each kind a day had, as counted in the night after it.
CREATE TABLE anomaly_summary (
  day date NOT NULL,
  kind text NOT NULL,
  count bigint NOT NULL CHECK (count >= 0),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (day, kind)
);

GRANT SELECT, INSERT ON anomaly_disposition, anomaly_signature, anomaly_summary TO rekisteri_server;
GRANT SELECT ON anomaly_disposition, anomaly_signature, anomaly_summary TO rekisteri_auditor;
