// The load generator's parts: accounts, log-in, connections, latencies. One thread, loopback only.
#ifndef BENCH_H
#define BENCH_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

enum {
  ACCOUNTS_MAX = 64,
  CONNECTIONS_MAX = 1024,
  DEPTH_MAX = 64,            // the protocol's commands under way
  LINE_BYTES_MAX = 1 << 20,  // a line from the server
  HISTOGRAM_SIZE = 64 * 40,
};

// An employee of the demonstration, as demo-users.json has them.
struct account {
  char user[65], password[129], otp[129];
  long otp_step;  // the last step whose code was used here
  // The salted password of the last challenge: 600,000 rounds are done once an account.
  char salt[129];
  int iterations;
  unsigned char salted[32];
};

// Reads the accounts that have a role; those without one-time passwords first. Returns how many.
int accounts_read(const char *path, const char *role, struct account *accounts, int max);

// A command under way.
struct slot {
  uint64_t sent_ns;
  uint32_t item;  // which id or text was asked for
  uint32_t rows;
  int busy, bad;
};

struct connection {
  int fd;
  SSL *ssl;
  char *in, *out;
  size_t in_length, in_start, in_size, out_length, out_sent, out_size;
  struct slot slots[DEPTH_MAX];
};

// Connects to 127.0.0.1 with TLS 1.3. Blocks, at most 20 s a step. False with a word on stderr.
int connection_open(struct connection *c, SSL_CTX *tls, int port);
void connection_close(struct connection *c);
// From now on reads and writes return at once.
void connection_unblock(struct connection *c);
// The next line without its line feed, or NULL where none is complete.
char *connection_line(struct connection *c, size_t *length);
// Reads once; 1 something came, 0 nothing is there, -1 the connection is lost.
int connection_read(struct connection *c);
// Adds to the output.
void connection_put(struct connection *c, const char *text, size_t length);
// Writes what it can; 1 all, 0 some is left, -1 the connection is lost.
int connection_flush(struct connection *c);
// Waits for the next line; for log-in and imports.
char *connection_wait(struct connection *c, size_t *length);

// Says hello and logs in with SCRAM-SHA-256-PLUS, with a one-time password where the account has one.
int login(struct connection *c, struct account *account);

// Log-linear: 64 steps for each doubling, so an error of at most 1.6 percent.
struct histogram {
  uint64_t count, max_us, buckets[HISTOGRAM_SIZE];
};
void histogram_add(struct histogram *h, uint64_t us);
uint64_t histogram_quantile(const struct histogram *h, double q);

size_t base64_encode(const unsigned char *bytes, size_t length, char *text);
int base64_decode(const char *text, size_t length, unsigned char *bytes, size_t size);
uint64_t now_ns(void);
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
