# The table of the design's numbers. For deploy/bench.

ratio() { awk -v a="${result[$1]:-}" -v b="${result[$2]:-}" 'BEGIN { if (a != "" && b > 0) printf "%.2f", a / b }'; }
part() { awk -v a="${result[$1]:-}" -v k="$2" -v f="$3" 'BEGIN { if (a != "") printf f, a * k }'; }

# line WHAT VALUE UNIT MUST AIM DIRECTION [SCALED]: DIRECTION is ge or le; SCALED marks what was measured on less than
# the line says.
line() {
  local verdict='not measured' shown=''
  if [ -n "$2" ]; then
    shown="$2$3"
    verdict=$(awk -v v="$2" -v must="$4" -v aim="$5" -v d="$6" 'BEGIN {
      print (d == "ge" ? v >= aim : v <= aim) ? "reached, aim too" : (d == "ge" ? v >= must : v <= must) ? "reached" : "below" }')
    [ -n "${7:-}" ] && verdict="$verdict *"
  fi
  # The shell pads by bytes, and × and ÷ have two.
  local width=$((58 + $(printf %s "$1" | wc -c) - $(printf %s "$1" | LC_ALL=C.UTF-8 wc -m)))
  printf "| %-${width}s | %12s | %8s | %8s | %-18s |\n" "$1" "$shown" "$4$3" "$5$3" "$verdict"
}

print_table() {
  local less='' shorter='' few='*'
  [ "$persons" -lt 1000000 ] && less='*'
  [ "$sustained" -lt 300 ] && shorter='*'
  [ -n "${note[full_log]:-}" ] && few=''
  local line_format='| %-58s | %12s | %8s | %8s | %-18s |\n'
  printf '\n'
  # shellcheck disable=SC2059
  printf "$line_format" what measured must aim verdict
  # shellcheck disable=SC2059
  printf "$line_format" --- ---: ---: ---: ---
  line 'audited reads, 64 × 16 in flight, ÷ naive' "$(ratio full naive)" '' 6 15 ge "$less"
  line 'the same ÷ unaudited' "$(ratio full unaudited)" '' 0.9 2.5 ge "$less"
  line "the same for $sustained s ÷ naive" "$(ratio sustained naive)" '' 4 8 ge "$less$shorter"
  line 'the sequencer behind in that time, at most' "${result[lag]:-}" ' s' 1 1 le "$shorter"
  line '64 connections × 1 in flight ÷ naive at 64' "$(ratio single naive64)" '' 2.5 4.5 ge "$less"
  line 'the server with its log ÷ without' "$(ratio logged unlogged)" '' 0.5 0.9 ge "$less"
  line 'p99 ÷ p50 at 64 × 1' "$(ratio p99 p50)" '' 3 2.2 le
  line 'throughput with ten million log entries ÷ with none' "$(ratio with_log without_log)" '' 0.8 0.97 ge
  line 'last 50 accesses to a person, in ten million entries' "$(part last 0.001 %.2f)" ' ms' 5 1 le "$few"
  line 'person.find, two typos allowed, p50 at the client' "$(part find 0.001 %.2f)" ' ms' 5 1 le "$less"
  line 'start with the directory built' "${result[start]:-}" ' s' 10 3 le "$less"
  line 'memory after the start' "${result[memory]:-}" ' MB' 500 250 le "$less"
  line 'report over all persons, persons a second' '' '' 300000 600000 ge
  line 'import, persons a second' "$(part import 1 %.0f)" '' 10000 30000 ge
  print_notes
}

print_notes() {
  printf '\n* with fewer persons or entries, or for a shorter time, than the number is meant for.\n\n'
  printf 'Machine: %s cores, %s of memory, load before %s; a synchronous write of 8 kB takes %s ms.\n' \
    "$cores" "$memory_all" "$load_before" "$commit_ms"
  printf 'Persons: %s. Log entries of %s bytes; %s of them when asked for the last accesses.\n' \
    "$people" "${note[entry]}" "${note[entries]:-?}"
  printf 'A second: naive %s (at %s clients), %s at 64; unaudited %s (at %s); server 64×16 %s (runs:%s), 64×1 %s, ping %s.\n' \
    "${result[naive]}" "$best_naive_clients" "${result[naive64]}" "${result[unaudited]}" "$best_unaudited_clients" \
    "${result[full]:-?}" "${rates[full]:-}" "${result[single]:-?}" "${result[ping]:-?}"
  printf 'For %s s: %s a second, slowest second %s.\n' "$sustained" "${result[sustained]:-?}" "${note[slowest]:-?}"
  printf 'At 64×1 p50 %s µs, p99 %s µs; one connection alone p50 %s µs (all with a durable commit).\n' \
    "${result[p50]:-?}" "${result[p99]:-?}" "${result[alone_p50]:-?}"
  printf 'Processor time of an audited read at 64×16, in µs: %s.\n' "${note[cpu]:-?}"
  [ -n "${result[unlogged]:-}" ] &&
    printf 'In turn: with its log %s a second, without %s.\n' "${result[logged]:-?}" "${result[unlogged]}"
  printf 'Memory after all measurements: %s MB. After a run the sequencer needed up to %s s more.\n' \
    "${result[memory_after]:-?}" "${note[settle]:-0}"
  [ -n "${note[wrong]:-}" ] && printf 'WRONG ANSWERS in: %s.\n' "${note[wrong]}"
  return 0
}
