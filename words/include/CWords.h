#pragma once
#include <stddef.h>

/// A list of common words, embedded when the program is built: a word a line, sorted by bytes, `a` to `z` and digits.
struct rekisteri_words {
  const char *bytes;
  size_t count;
};

/// How many lists there are.
int rekisteri_words_count(void);
/// The list at an index below the count.
struct rekisteri_words rekisteri_words_at(int index);
