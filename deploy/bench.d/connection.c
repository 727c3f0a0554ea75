// TLS connections to the loopback interface, with lines in and bytes out.
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int connection_open(struct connection *c, SSL_CTX *tls, int port) {
  memset(c, 0, sizeof *c);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval patience = {.tv_sec = 20};
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) {
    perror("connect");
    return 0;
  }
  c->ssl = SSL_new(tls);
  SSL_set_fd(c->ssl, c->fd);
  if (SSL_connect(c->ssl) != 1) {
    ERR_print_errors_fp(stderr);
    return 0;
  }
  c->in = malloc(c->in_size = 1 << 16);
  c->out = malloc(c->out_size = 1 << 16);
  return 1;
}

void connection_close(struct connection *c) {
  if (c->ssl) SSL_free(c->ssl);
  if (c->fd >= 0) close(c->fd);
  free(c->in);
  free(c->out);
  memset(c, 0, sizeof *c);
  c->fd = -1;
}

void connection_unblock(struct connection *c) { fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK); }

char *connection_line(struct connection *c, size_t *length) {
  char *start = c->in + c->in_start;
  char *end = memchr(start, '\n', c->in_length - c->in_start);
  if (!end) {
    if (c->in_start == c->in_length) c->in_start = c->in_length = 0;
    return NULL;
  }
  *end = 0;
  *length = (size_t)(end - start);
  c->in_start += *length + 1;
  return start;
}

int connection_read(struct connection *c) {
  if (c->in_start) {
    memmove(c->in, c->in + c->in_start, c->in_length - c->in_start);
    c->in_length -= c->in_start;
    c->in_start = 0;
  }
  if (c->in_size - c->in_length < 1 << 14) {
    if (c->in_size > 2 * LINE_BYTES_MAX) return -1;
    c->in = realloc(c->in, c->in_size *= 2);
  }
  int got = SSL_read(c->ssl, c->in + c->in_length, (int)(c->in_size - c->in_length));
  if (got > 0) {
    c->in_length += (size_t)got;
    return 1;
  }
  int error = SSL_get_error(c->ssl, got);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

void connection_put(struct connection *c, const char *text, size_t length) {
  while (c->out_size - c->out_length < length) c->out = realloc(c->out, c->out_size *= 2);
  memcpy(c->out + c->out_length, text, length);
  c->out_length += length;
}

int connection_flush(struct connection *c) {
  while (c->out_sent < c->out_length) {
    int put = SSL_write(c->ssl, c->out + c->out_sent, (int)(c->out_length - c->out_sent));
    if (put <= 0) {
      int error = SSL_get_error(c->ssl, put);
      return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }
    c->out_sent += (size_t)put;
  }
  c->out_length = c->out_sent = 0;
  return 1;
}

char *connection_wait(struct connection *c, size_t *length) {
  char *line;
  if (connection_flush(c) != 1) return NULL;
  while (!(line = connection_line(c, length)))
    if (connection_read(c) != 1) return NULL;
  return line;
}
