// Load for a rek/1 server on this machine: so many TLS connections with so many commands under way on each, every answer
// checked, latencies counted. One thread, so that it leaves the cores to the server and the database.
//
//   load mode=show|find|last|ping|import port=N ca=FILE users=FILE role=NAME [connections=N] [depth=N] [ids=FILE]
//        [texts=FILE] [file=CSV] [purpose=WORD] [limit=N] [warmup=S] [seconds=S] [count=N] [each=S]
//
// Prints one line of key=value. Ends with 1 where an answer was wrong, with 2 where it could not run.
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

struct options {
  const char *mode, *ca, *users, *role, *ids, *texts, *file, *purpose;
  int port, connections, depth, limit;
  double warmup, seconds, each;
  uint64_t count;
};

struct run {
  struct options o;
  char **items;
  uint32_t item_count;
  uint64_t random, begin_ns, end_ns, sent, finals, measured, rows, wrong, empty, under_way, next_tell_ns, told;
  int is_over;
  struct histogram latencies;
};

static uint32_t next_item(struct run *r) {
  r->random ^= r->random << 13;
  r->random ^= r->random >> 7;
  r->random ^= r->random << 17;
  return r->item_count ? (uint32_t)((r->random >> 16) % r->item_count) : 0;
}

static void send_command(struct run *r, struct connection *c, int slot, uint64_t now) {
  char line[600];
  struct slot *s = &c->slots[slot];
  *s = (struct slot){.sent_ns = now, .item = next_item(r), .busy = 1};
  const char *item = r->item_count ? r->items[s->item] : "";
  int length = 0;
  switch (r->o.mode[0]) {
    case 's':
      length = snprintf(line, sizeof line, "a%d person.show id=%s purpose=%s fields=identity\n", slot, item, r->o.purpose);
      break;
    case 'f':
      length = snprintf(line, sizeof line, "a%d person.find text=\"%s\" purpose=%s limit=%d\n", slot, item, r->o.purpose,
                        r->o.limit);
      break;
    case 'l':
      length = snprintf(line, sizeof line, "a%d log.find person=%s limit=%d newest\n", slot, item, r->o.limit);
      break;
    default: length = snprintf(line, sizeof line, "a%d ping\n", slot);
  }
  connection_put(c, line, (size_t)length);
  r->sent++;
  r->under_way++;
}

static void wrong(struct run *r, const char *what, const char *line) {
  // Codes only: a row holds a person's data.
  if (r->wrong++ < 5) fprintf(stderr, "load: %s: %.*s\n", what, (int)strcspn(line, "{"), line);
}

// Whether a row is about what was asked for; a search may show anybody.
static int fits(const struct run *r, const struct slot *s, const char *json) {
  const char *key = r->o.mode[0] == 's' ? "\"id\":\"" : r->o.mode[0] == 'l' ? "\"person\":\"" : NULL;
  const char *found = key ? strstr(json, key) : json;
  return found && (!key || !strncmp(found + strlen(key), r->items[s->item], 36));
}

static void final(struct run *r, struct connection *c, int slot, const char *line, const char *status, uint64_t now) {
  struct slot *s = &c->slots[slot];
  int is_good = !strncmp(status, "OK done ", 8) && !s->bad;
  switch (r->o.mode[0]) {
    case 's': is_good &= s->rows == 1; break;
    case 'p': is_good &= s->rows == 0; break;
    default: is_good &= s->rows <= (uint32_t)r->o.limit;
  }
  if (!is_good) wrong(r, "wrong answer", line);
  s->busy = 0;
  r->finals++;
  r->under_way--;
  if (now >= r->begin_ns && now < r->end_ns) {
    r->measured++;
    r->rows += s->rows;
    r->empty += s->rows == 0;
    histogram_add(&r->latencies, (now - s->sent_ns) / 1000);
  }
  if (!r->is_over) send_command(r, c, slot, now);
}

static void take_line(struct run *r, struct connection *c, const char *line, uint64_t now) {
  if (!strncmp(line, "- !", 3)) return;
  char *rest;
  long slot = line[0] == 'a' ? strtol(line + 1, &rest, 10) : -1;
  if (slot < 0 || slot >= r->o.depth || *rest != ' ' || !c->slots[slot].busy) return wrong(r, "unexpected line", line);
  rest++;
  struct slot *s = &c->slots[slot];
  if (*rest == '*') {
    s->rows++;
    if (!fits(r, s, rest)) s->bad = 1;
  } else if (*rest == 'O' || *rest == 'N' || *rest == 'B') {
    final(r, c, (int)slot, line, rest, now);
  } else if (*rest != '~') {
    wrong(r, "unexpected line", line);
  }
}

// Takes all that has come, and sends what follows from it.
static void service(struct run *r, struct connection *c) {
  size_t length;
  int got;
  while ((got = connection_read(c)) > 0) {
    uint64_t now = now_ns();
    for (char *line; (line = connection_line(c, &length)); ) take_line(r, c, line, now);
  }
  if (got < 0 || connection_flush(c) < 0) fail("a connection was lost after %lu answers", (unsigned long)r->finals);
}

static void tell(struct run *r, uint64_t now) {
  if (r->o.each <= 0 || now < r->next_tell_ns) return;
  if (r->next_tell_ns) fprintf(stderr, "rate %.0f\n", (double)(r->finals - r->told) / r->o.each);
  r->told = r->finals;
  r->next_tell_ns = now + (uint64_t)(r->o.each * 1e9);
}

static void drive(struct run *r, struct connection *all) {
  int poll = epoll_create1(EPOLL_CLOEXEC);
  uint64_t now = now_ns();
  r->begin_ns = r->o.count ? now : now + (uint64_t)(r->o.warmup * 1e9);
  r->end_ns = r->begin_ns + (uint64_t)(r->o.seconds * 1e9);
  for (int i = 0; i < r->o.connections; i++) {
    connection_unblock(&all[i]);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
    for (int slot = 0; slot < r->o.depth; slot++) send_command(r, &all[i], slot, now);
    if (connection_flush(&all[i]) < 0) fail("a connection was lost");
  }
  while (r->under_way) {
    struct epoll_event events[64];
    int count = epoll_wait(poll, events, 64, 1000);
    now = now_ns();
    r->is_over = now >= r->end_ns || (r->o.count && r->sent >= r->o.count);
    if (now > r->end_ns + 20000000000u) fail("%lu commands have no answer", (unsigned long)r->under_way);
    for (int i = 0; i < count; i++) service(r, events[i].data.ptr);
    tell(r, now);
  }
  if (r->o.count) r->end_ns = now_ns() < r->end_ns ? now_ns() : r->end_ns;
}

static double cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void report(const struct run *r, double cpu) {
  double seconds = (double)(r->end_ns - r->begin_ns) / 1e9;
  const struct histogram *h = &r->latencies;
  printf("rate=%.0f p50=%lu p99=%lu max=%lu answers=%lu rows=%lu empty=%lu wrong=%lu seconds=%.2f cpu=%.2f\n",
         (double)r->measured / seconds, (unsigned long)histogram_quantile(h, 0.5),
         (unsigned long)histogram_quantile(h, 0.99), (unsigned long)h->max_us, (unsigned long)r->measured,
         (unsigned long)r->rows, (unsigned long)r->empty, (unsigned long)r->wrong, seconds, cpu);
}

// Sends a CSV file as JSON strings of whole lines, and waits for the final line.
static int import(struct connection *c, const struct options *o) {
  char text[200], *line = "", piece[40000];
  size_t length = 0, at = 0;
  FILE *file = fopen(o->file, "re");
  if (!file) fail("cannot read %s", o->file);
  uint64_t start = now_ns();
  int count = snprintf(text, sizeof text, "i person.import format=csv purpose=%s source=organisation\n", o->purpose);
  connection_put(c, text, (size_t)count);
  do line = connection_wait(c, &length);
  while (line && strncmp(line, "i ", 2));
  if (!line || strncmp(line, "i ? ", 4)) fail("import: %.60s", line ? line : "connection lost");
  for (int byte = 0; byte != EOF; ) {
    at = (size_t)snprintf(piece, sizeof piece, "i > \"");
    while (at < 30000 && (byte = getc(file)) != EOF) {
      if (byte == '"' || byte == '\\') piece[at++] = '\\';
      if (byte == '\n') piece[at++] = '\\';
      if (byte != '\r') piece[at++] = byte == '\n' ? 'n' : (char)byte;
      if (byte == '\n' && at > 16000) break;
    }
    piece[at++] = '"';
    piece[at++] = '\n';
    connection_put(c, piece, at);
    if (connection_flush(c) != 1) fail("import: connection lost");
  }
  fclose(file);
  connection_put(c, "i > null\n", 9);
  do line = connection_wait(c, &length);
  while (line && strncmp(line, "i OK", 4) && strncmp(line, "i NO", 4) && strncmp(line, "i BAD", 5));
  double seconds = (double)(now_ns() - start) / 1e9;
  const char *imported = line ? strstr(line, "\"imported\":") : NULL;
  long rows = imported ? strtol(imported + 11, NULL, 10) : 0;
  printf("rows=%ld seconds=%.3f rate=%.0f\n", rows, seconds, (double)rows / seconds);
  if (rows > 0) return 0;
  fprintf(stderr, "load: import: %.300s\n", line ? line : "connection lost");
  return 1;
}

static void read_items(struct run *r, const char *path) {
  FILE *file = fopen(path, "re");
  char line[256];
  uint32_t size = 0;
  if (!file) fail("cannot read %s", path);
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\r\n")] = 0;
    if (!line[0] || line[0] == '#') continue;
    if (r->item_count == size) r->items = realloc(r->items, sizeof(char *) * (size = size ? size * 2 : 1024));
    r->items[r->item_count++] = strdup(line);
  }
  fclose(file);
  if (!r->item_count) fail("%s is empty", path);
}

static const char *word(int count, char **words, const char *key, const char *otherwise) {
  size_t length = strlen(key);
  for (int i = 1; i < count; i++)
    if (!strncmp(words[i], key, length) && words[i][length] == '=') return words[i] + length + 1;
  if (!otherwise) fail("%s= is missing", key);
  return otherwise;
}

static struct options options(int n, char **w) {
  struct options o = {
      .mode = word(n, w, "mode", NULL), .ca = word(n, w, "ca", NULL), .users = word(n, w, "users", NULL),
      .role = word(n, w, "role", "customer-service"), .ids = word(n, w, "ids", ""), .texts = word(n, w, "texts", ""),
      .file = word(n, w, "file", ""), .purpose = word(n, w, "purpose", "customer-service"),
      .port = atoi(word(n, w, "port", NULL)), .connections = atoi(word(n, w, "connections", "1")),
      .depth = atoi(word(n, w, "depth", "1")), .limit = atoi(word(n, w, "limit", "20")),
      .warmup = atof(word(n, w, "warmup", "1")), .seconds = atof(word(n, w, "seconds", "5")),
      .each = atof(word(n, w, "each", "0")), .count = strtoull(word(n, w, "count", "0"), NULL, 10)};
  if (o.connections < 1 || o.connections > CONNECTIONS_MAX || o.depth < 1 || o.depth > DEPTH_MAX || o.seconds > 3600 ||
      o.warmup > 600)
    fail("a number is out of bounds");
  return o;
}

int main(int n, char **w) {
  static struct run r;
  static struct account accounts[ACCOUNTS_MAX];
  static struct connection connections[CONNECTIONS_MAX];
  r.o = options(n, w);
  r.random = 0x9E3779B97F4A7C15u ^ now_ns();
  if (strchr("sl", r.o.mode[0])) read_items(&r, r.o.ids);
  if (r.o.mode[0] == 'f') read_items(&r, r.o.texts);
  int people = accounts_read(r.o.users, r.o.role, accounts, ACCOUNTS_MAX);
  if (!people) fail("nobody in %s has the role %s", r.o.users, r.o.role);
  SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(tls, 1);
  SSL_CTX_set_default_read_buffer_len(tls, 1 << 16);
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
  if (SSL_CTX_load_verify_locations(tls, r.o.ca, NULL) != 1) fail("cannot read %s", r.o.ca);
  for (int i = 0; i < r.o.connections; i++)
    if (!connection_open(&connections[i], tls, r.o.port) || !login(&connections[i], &accounts[i % people]))
      fail("connection %d of %d does not come about", i + 1, r.o.connections);
  int code = 0;
  if (r.o.mode[0] == 'i') {
    code = import(&connections[0], &r.o);
  } else {
    double before = cpu_seconds();
    drive(&r, connections);
    report(&r, cpu_seconds() - before);
    code = r.wrong > 0;
  }
  for (int i = 0; i < r.o.connections; i++) connection_close(&connections[i]);
  return code;
}
