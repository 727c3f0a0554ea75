// hello and auth: SCRAM-SHA-256-PLUS (RFC 5802, 7677) bound by tls-server-end-point (RFC 5929), and RFC 6238.
#include "bench.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

size_t base64_encode(const unsigned char *bytes, size_t length, char *text) {
  return (size_t)EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
}

int base64_decode(const char *text, size_t length, unsigned char *bytes, size_t size) {
  if (length % 4 || length / 4 * 3 > size) return -1;
  int count = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length);
  for (size_t at = length; count > 0 && at && text[at - 1] == '='; at--) count--;
  return count;
}

static void hmac(const void *key, size_t key_length, const void *text, size_t length, unsigned char out[32]) {
  unsigned int size = 32;
  HMAC(EVP_sha256(), key, (int)key_length, text, length, out, &size);
}

static size_t end_point(SSL *ssl, unsigned char *hash) {
  X509 *certificate = SSL_get1_peer_certificate(ssl);
  int digest = NID_undef;
  unsigned int size = 0;
  if (!certificate) return 0;
  X509_get_signature_info(certificate, &digest, NULL, NULL, NULL);
  const EVP_MD *md = digest == NID_sha384 ? EVP_sha384() : digest == NID_sha512 ? EVP_sha512() : EVP_sha256();
  X509_digest(certificate, md, hash, &size);
  X509_free(certificate);
  return size;
}

static void put(struct connection *c, const char *text) { connection_put(c, text, strlen(text)); }

// Sends a line and gives the next one that is no event; an empty line where the connection is lost.
static char *ask(struct connection *c, const char *text) {
  static char lost[] = "";
  size_t length;
  char *line;
  put(c, text);
  do line = connection_wait(c, &length);
  while (line && !strncmp(line, "- !", 3));
  return line ? line : lost;
}

// The base64 message in `2 ? "…"`.
static int message(const char *line, char *text, size_t size) {
  char encoded[4097];
  size_t length = 0;
  if (strncmp(line, "2 ? \"", 5)) return 0;
  for (line += 5; *line && *line != '"' && length < sizeof encoded - 1; line++)
    if (*line != '\\') encoded[length++] = *line;
  int count = base64_decode(encoded, length, (unsigned char *)text, size - 1);
  if (count < 0) return 0;
  text[count] = 0;
  return 1;
}

static int salted(struct account *a, const char *salt, int iterations) {
  if (!strcmp(a->salt, salt) && a->iterations == iterations) return 1;
  unsigned char bytes[128];
  int count = base64_decode(salt, strlen(salt), bytes, sizeof bytes);
  if (count <= 0 || iterations < 1 || iterations > 10000000 || strlen(salt) >= sizeof a->salt) return 0;
  strcpy(a->salt, salt);
  a->iterations = iterations;
  return PKCS5_PBKDF2_HMAC(a->password, -1, bytes, count, iterations, EVP_sha256(), 32, a->salted);
}

static int prove(struct connection *c, struct account *a, const char *first, const char *server_first, char *feed,
                 char *expected) {
  char nonce[600], salt[200], final[1200], auth[4000], binding[256];
  int iterations;
  unsigned char raw[128], client[32], stored[32], signature[32], server[32];
  if (sscanf(server_first, "r=%599[^,],s=%199[^,],i=%d", nonce, salt, &iterations) != 3) return 0;
  if (!salted(a, salt, iterations)) return 0;
  size_t header = strlen("p=tls-server-end-point,,");
  memcpy(raw, "p=tls-server-end-point,,", header);
  base64_encode(raw, header + end_point(c->ssl, raw + header), binding);
  snprintf(final, sizeof final, "c=%s,r=%s", binding, nonce);
  size_t length = (size_t)snprintf(auth, sizeof auth, "%s,%s,%s", first, server_first, final);
  hmac(a->salted, 32, "Client Key", 10, client);
  EVP_Digest(client, 32, stored, NULL, EVP_sha256(), NULL);
  hmac(stored, 32, auth, length, signature);
  for (int i = 0; i < 32; i++) client[i] ^= signature[i];
  hmac(a->salted, 32, "Server Key", 10, server);
  hmac(server, 32, auth, length, signature);
  strcpy(expected, "v=");
  base64_encode(signature, 32, expected + 2);
  char proof[64], all[1300], encoded[1800];
  base64_encode(client, 32, proof);
  size_t size = (size_t)snprintf(all, sizeof all, "%s,p=%s", final, proof);
  base64_encode((unsigned char *)all, size, encoded);
  snprintf(feed, 2000, "2 > \"%s\"\n", encoded);
  return 1;
}

// A code is good from one step before its time to one after, and once.
static void one_time(struct account *a, char *feed, size_t size) {
  unsigned char key[80], hash[20], counter[8];
  size_t bits = 0, held = 0, length = 0;
  for (const char *at = a->otp; *at && *at != '=' && length < sizeof key; at++) {
    const char *digit = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", *at);
    if (!digit) continue;
    held = held << 5 | (size_t)(digit - "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    if ((bits += 5) >= 8) key[length++] = (unsigned char)(held >> (bits -= 8));
  }
  long now = time(NULL) / 30;
  long step = a->otp_step >= now ? a->otp_step + 1 : now;
  while (step > time(NULL) / 30 + 1) sleep(1);
  a->otp_step = step;
  for (int i = 0; i < 8; i++) counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
  HMAC(EVP_sha1(), key, (int)length, counter, 8, hash, NULL);
  const unsigned char *at = hash + (hash[19] & 15);
  uint32_t code = ((uint32_t)(at[0] & 127) << 24 | at[1] << 16 | at[2] << 8 | at[3]) % 1000000;
  snprintf(feed, size, "2 > {\"otp\":\"%06u\"}\n", code);
}

int login(struct connection *c, struct account *a) {
  unsigned char random[18];
  char nonce[32], first[200], bare[260], encoded[400], line[600], feed[2000], text[4096], expected[80];
  size_t length;
  RAND_bytes(random, sizeof random);
  base64_encode(random, sizeof random, nonce);
  snprintf(first, sizeof first, "n=%s,r=%s", a->user, nonce);
  length = (size_t)snprintf(bare, sizeof bare, "p=tls-server-end-point,,%s", first);
  base64_encode((unsigned char *)bare, length, encoded);
  char *answer = ask(c, "1 hello proto=rek/1 lang=en\n");
  if (strncmp(answer, "1 OK ", 5)) return fprintf(stderr, "hello: %.60s\n", answer), 0;
  snprintf(line, sizeof line, "2 auth mech=SCRAM-SHA-256-PLUS ir=\"%s\"\n", encoded);
  answer = ask(c, line);
  if (!message(answer, text, sizeof text) || strncmp(text + 2, nonce, strlen(nonce)) ||
      !prove(c, a, first, text, feed, expected))
    return fprintf(stderr, "auth of %s: %.60s\n", a->user, answer), 0;
  answer = ask(c, feed);
  if (!message(answer, text, sizeof text) || strcmp(text, expected))
    return fprintf(stderr, "password of %s: %.60s\n", a->user, answer), 0;
  answer = ask(c, "2 > \"\"\n");
  if (!strncmp(answer, "2 ? {\"need\":\"otp\"", 17)) {
    one_time(a, feed, sizeof feed);
    answer = ask(c, feed);
  }
  if (strncmp(answer, "2 OK ", 5)) return fprintf(stderr, "log-in of %s: %.60s\n", a->user, answer), 0;
  return 1;
}
