# The measurements, each leaving its numbers in result[]. For deploy/bench.

best_naive_clients=64 best_unaudited_clients=16 sampler='' largest_lag=0

waiting="SELECT coalesce(extract(epoch FROM clock_timestamp() - min(i.at)), 0), count(*) FROM access_intake i
  WHERE i.xid >= (SELECT xmin_next FROM checkpoint ORDER BY size DESC LIMIT 1)
    AND NOT EXISTS (SELECT FROM integrated g WHERE g.intake = i.id)"

more() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'; }
median() { tr ' ' '\n' | grep . | sort -n | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }
field() { sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p"; }

# --- The yardsticks -----------------------------------------------------------------------------------------------------

prepare_yardsticks() {
  database -c "COPY (SELECT id FROM person WHERE marks = 0 ORDER BY random()) TO STDOUT" >"$place/ids"
  [ -s "$place/ids" ] || stop "the register holds nobody"
  # pgbench draws numbers only, so a table leads from a number to a person.
  database -c "
    CREATE SCHEMA bench;
    CREATE TABLE bench.person AS SELECT row_number() OVER (ORDER BY random())::integer AS n, id FROM person WHERE marks = 0;
    ALTER TABLE bench.person ADD PRIMARY KEY (n);
    CREATE TABLE bench.log (index bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, employee uuid, person uuid,
      role smallint NOT NULL, purpose smallint NOT NULL, outcome smallint NOT NULL, verb text NOT NULL, entry bytea NOT NULL);
    CREATE INDEX ON bench.log (index);
    CREATE INDEX ON bench.log (person, index) WHERE person IS NOT NULL;
    CREATE INDEX ON bench.log (employee, index);" || stop "the yardsticks cannot be prepared"
  database -c "VACUUM ANALYZE" -c "CHECKPOINT"
  people=$(wc -l <"$place/ids")
}

write_scripts() {
  local size select employee entry
  size=$(database -c "SELECT coalesce(avg(octet_length(entry))::integer, 150) FROM access_entry WHERE person IS NOT NULL")
  employee=$(database -c "SELECT id FROM employee LIMIT 1")
  entry=$(head -c "$size" /dev/urandom | od -An -v -tx1 | tr -d ' \n')
  select="SELECT p.id, p.rev, p.kind, p.status, p.marks, p.language, p.manager, p.informed_at, q.category, q.slot, q.sealed
    FROM person p LEFT JOIN person_part q ON q.person = p.id AND q.category = 1
    WHERE p.id = (SELECT id FROM bench.person WHERE n = :n)"
  cat >"$place/unaudited.sql" <<-END
	\\set n random(1, $people)
	$select;
	END
  cat >"$place/naive.sql" <<-END
	\\set n random(1, $people)
	BEGIN;
	$select \\gset
	INSERT INTO bench.log (at, employee, person, role, purpose, outcome, verb, entry)
	  VALUES (now(), '$employee', :id, 1, 2, 1, 'person.show', decode('$entry', 'hex'));
	COMMIT;
	END
  note[entry]=$size
}

yardstick() {
  local clients=$2 threads=$((cores < $2 ? cores : $2))
  timeout $((yard + 60)) pgbench -n -M prepared -c "$clients" -j "$threads" -T "$yard" -f "$place/$1.sql" \
    -h "$sockets" -p 5432 -U postgres rekisteri >"$place/tmp/pgbench" 2>&1
  local tps
  tps=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$place/tmp/pgbench")
  [ -n "$tps" ] || stop "pgbench failed: $(tail -n 3 "$place/tmp/pgbench")"
  say "$1 with $clients clients: ${tps%.*}/s"
  printf '%s' "${tps%.*}"
}

naive() {
  local rate
  rate=$(yardstick naive "$1") || exit 2
  more "$rate" "${result[naive]:-0}" && result[naive]=$rate best_naive_clients=$1
  [ "$1" = 64 ] && more "$rate" "${result[naive64]:-0}" && result[naive64]=$rate
  return 0
}

unaudited() {
  local rate
  rate=$(yardstick unaudited "$1") || exit 2
  more "$rate" "${result[unaudited]:-0}" && result[unaudited]=$rate best_unaudited_clients=$1
  return 0
}

# --- The server ---------------------------------------------------------------------------------------------------------

generate() {
  timeout $((seconds + sustained + 120)) "$generator" port="$port" ca="$place/register/tls/ca.pem" \
    users="$place/register/demo-users.json" ids="$place/ids" "$@"
}

# Waits until the log's order has caught up, so that what is measured next is alone on the machine.
settle() {
  local left
  for ((tick = 0; tick < 180; tick++)); do
    left=$(database -c "$waiting") || return
    [ "${left##*|}" = 0 ] && break
    sleep 1
  done
  [ "$tick" -gt 2 ] && say "the sequencer needed $tick s more"
  more "$tick" "${note[settle]:-0}" && note[settle]=$tick
  return 0
}

warm_up() {
  say "warming up"
  generate mode=show connections=16 depth=16 warmup=0 seconds=3 >"$place/tmp/warm" || failed "warming up" || return
  settle
  write_scripts
}

# A wrong answer is told in the table, and ends nothing.
failed() {
  say "$1: wrong or missing answers"
  note[wrong]="${note[wrong]:+${note[wrong]}, }$1"
  return 1
}

# show CONNECTIONS DEPTH NAME: rates[NAME] collects; the median counts.
declare -A rates
show() {
  local before after line
  before=$(processor)
  line=$(generate mode=show connections="$1" depth="$2" warmup=2 seconds="$seconds") || failed "person.show $1×$2"
  after=$(processor)
  [ -n "$line" ] || return
  rates[$3]="${rates[$3]:-} $(field rate <<<"$line")"
  result[$3]=$(median <<<"${rates[$3]}")
  say "server with $1×$2: $line"
  if [ "$3" = single ]; then
    rates[p50]="${rates[p50]:-} $(field p50 <<<"$line")" rates[p99]="${rates[p99]:-} $(field p99 <<<"$line")"
    result[p50]=$(median <<<"${rates[p50]}") result[p99]=$(median <<<"${rates[p99]}")
  elif [ "$3" = alone ]; then
    result[alone_p50]=$(field p50 <<<"$line")
  elif [ "$3" = full ]; then
    note[cpu]=$(awk -v b="$before" -v a="$after" -v l="$(field cpu <<<"$line")" -v n="$(field rate <<<"$line")" \
      -v t="$(getconf CLK_TCK)" -v s=$((seconds + 2)) 'BEGIN {
        split(b, x); split(a, y); k = 1e6 / (n * s)
        printf "server %.1f, PostgreSQL %.1f, generator %.1f", (y[1] - x[1]) / t * k, (y[2] - x[2]) / t * k, l * k }')
  fi
  settle
}

ping() {
  local line
  line=$(generate mode=ping connections=64 depth=16 warmup=1 seconds="$yard") || failed ping
  result[ping]=$(field rate <<<"$line")
  say "ping with 64×16: $line"
}

# Samples each second how old the oldest entry is that has no index yet.
sustained() {
  local line
  printf '%s\n\\watch 1\n' "${waiting//$'\n'/ }" | database >"$place/lag" 2>/dev/null &
  sampler=$!
  line=$(generate mode=show connections=64 depth=16 warmup=1 seconds="$sustained" each=1 2>"$place/each") ||
    failed "person.show for $sustained s"
  kill "$sampler" 2>/dev/null
  wait "$sampler" 2>/dev/null
  sampler=''
  result[sustained]=$(field rate <<<"$line")
  result[lag]=$(awk -F'|' '$1 ~ /^[0-9.]+$/ && $1 > m { m = $1 } END { printf "%.2f", m }' "$place/lag")
  note[slowest]=$(sed -n 's/^rate //p' "$place/each" | sort -n | head -n 1)
  say "for $sustained s: $line; at most ${result[lag]} s behind, slowest second ${note[slowest]}"
  settle
}

find_persons() {
  local line
  line=$(generate mode=find texts="$here/bench.d/searches.txt" connections=1 depth=1 warmup=1 seconds="$yard") ||
    failed person.find
  result[find]=$(field p50 <<<"$line")
  say "person.find with typos: $line"
  settle
}

last_accesses() {
  local line
  note[entries]=$(database -c "SELECT max(size) FROM checkpoint")
  line=$(generate mode=last role=auditor limit=50 connections=1 depth=1 warmup=1 seconds="$yard") || failed log.find
  result[last]=$(field p50 <<<"$line")
  say "the last 50 accesses to a person: $line"
  settle
}

# A file of invented people, ten thousand at most: more would need an approval.
import_persons() {
  local line rows=10000 total=''
  for round in 1 2 3; do
    awk -v rows="$rows" -v round="$round$$" 'BEGIN {
      print "Laji;Etunimi;Sukunimi;Sähköposti;Katuosoite;Postinumero;Postitoimipaikka;Tila;Yritys;Titteli"
      for (i = 1; i <= rows; i++) {
        contact = i % 10 < 7
        printf "%s;Aino;Mittari;mittari.%s.%d@example.com;Koekatu %d;00100;Helsinki;asiakas;%s;%s\n",
          contact ? "yhteyshenkilö" : "henkilöasiakas", round, i, i % 200 + 1,
          contact ? "Mittari " round " " int(i / 7) " Oy" : "", contact ? "toimitusjohtaja" : "" } }' >"$place/tmp/import.csv"
    line=$(generate mode=import file="$place/tmp/import.csv") || failed person.import
    total="$total $(field rate <<<"$line")"
    say "import: $line"
  done
  result[import]=$(median <<<"$total")
  settle
}

# The server without its log and with it, in turn.
compare_unlogged() {
  local logged=$program
  for round in 1 2; do
    for program in "$unlogged" "$logged"; do
      stop_server
      start_server || stop "the server does not start again: $(tail -n 3 "$place/server.log")"
      if [ "$program" = "$logged" ]; then show 64 16 logged; else show 64 16 unlogged; fi
    done
  done
}

# Ten million entries more, below the first index, so that the log's order stays what it is.
ten_million() {
  local without=${result[full]}
  say "writing ten million entries"
  for ((chunk = 0; chunk < 10; chunk++)); do
    database -c "INSERT INTO access_entry (index, at, employee, person, role, purpose, outcome, verb, entry)
      SELECT -s.n, now(), (SELECT id FROM employee ORDER BY id LIMIT 1), p.id, 1, 2, 1, 'person.show',
        decode(repeat(md5(s.n::text), ${note[entry]:-160} / 16), 'hex')
      FROM generate_series($chunk * 1000000 + 1, ($chunk + 1) * 1000000) AS s (n)
      JOIN bench.person p ON p.n = s.n % $people + 1" || return
  done
  database -c "VACUUM ANALYZE access_entry" -c "CHECKPOINT"
  unset 'rates[full]'
  for round in 1 2 3; do show 64 16 full; done
  result[with_log]=${result[full]} result[without_log]=$without result[full]=$without
  note[full_log]=1
  last_accesses
}
