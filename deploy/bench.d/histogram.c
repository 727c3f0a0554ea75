// Latencies in microseconds, log-linear.
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned bucket(uint64_t us) {
  if (us < 128) return (unsigned)us;
  unsigned shift = 57 - (unsigned)__builtin_clzll(us);
  unsigned index = shift * 64 + (unsigned)(us >> shift);
  return index < HISTOGRAM_SIZE ? index : HISTOGRAM_SIZE - 1;
}

void histogram_add(struct histogram *h, uint64_t us) {
  h->count++;
  if (us > h->max_us) h->max_us = us;
  h->buckets[bucket(us)]++;
}

uint64_t histogram_quantile(const struct histogram *h, double q) {
  uint64_t wanted = (uint64_t)((double)h->count * q), seen = 0;
  for (unsigned i = 0; i < HISTOGRAM_SIZE; i++)
    if ((seen += h->buckets[i]) > wanted) return i < 128 ? i : (uint64_t)(i % 64 + 64) << (i / 64 - 1);
  return h->max_us;
}

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "load: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(2);
}
