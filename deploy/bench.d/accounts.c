// demo-users.json: objects with "user", "password", "roles" and, where there is one, "otp-secret".
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The string at the start of text, plain ASCII; NULL where there is none. Leaves *end behind it.
static char *string(const char *text, char *into, size_t size, const char **end) {
  text += strspn(text, " \t\r\n:");
  if (*text++ != '"') return NULL;
  size_t length = 0;
  for (; *text && *text != '"'; text++) {
    if (*text == '\\' && text[1]) text++;
    if (length + 1 < size) into[length++] = *text;
  }
  into[length] = 0;
  if (*text == '"') text++;
  if (end) *end = text;
  return into;
}

static int value(const char *object, const char *key, char *into, size_t size) {
  char quoted[40];
  snprintf(quoted, sizeof quoted, "\"%s\"", key);
  const char *found = strstr(object, quoted);
  return found && string(found + strlen(quoted), into, size, NULL);
}

static int has_role(const char *object, const char *role) {
  const char *roles = strstr(object, "\"roles\"");
  char word[64];
  if (!roles || !(roles = strchr(roles, '['))) return 0;
  for (roles++; string(roles, word, sizeof word, &roles); roles += strspn(roles, " \t\r\n,"))
    if (!strcmp(word, role)) return 1;
  return 0;
}

// A role that is a user's name chooses that user.
static int take(const char *object, const char *role, int with_otp, struct account *a) {
  memset(a, 0, sizeof *a);
  if (!value(object, "user", a->user, sizeof a->user) && !value(object, "name", a->user, sizeof a->user)) return 0;
  if (!value(object, "password", a->password, sizeof a->password)) return 0;
  value(object, "otp-secret", a->otp, sizeof a->otp);
  return (has_role(object, role) || !strcmp(a->user, role)) && (a->otp[0] != 0) == with_otp;
}

int accounts_read(const char *path, const char *role, struct account *accounts, int max) {
  static char text[1 << 20];
  FILE *file = fopen(path, "re");
  if (!file) fail("cannot read %s", path);
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  int count = 0;
  for (int with_otp = 0; with_otp < 2 && !count; with_otp++) {
    for (char *object = text; count < max && (object = strstr(object, "\"user\"")); ) {
      while (object > text && *object != '{') object--;
      char *end = strchr(object, '}');
      if (!end) break;
      *end = 0;
      count += take(object, role, with_otp, &accounts[count]);
      *end = '}';
      object = end;
    }
  }
  return count;
}
