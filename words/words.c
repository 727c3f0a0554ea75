#include "CWords.h"

// Each list is sorted, a word a line; the sources are in README.md.
static const char passwords[] = {
#embed "passwords.txt"
};
static const char english[] = {
#embed "english.txt"
};
static const char finnish[] = {
#embed "finnish.txt"
};
static const char swedish[] = {
#embed "swedish.txt"
};
static const char names[] = {
#embed "names.txt"
};
static const char own[] = {
#embed "own.txt"
};

static const struct rekisteri_words lists[] = {
    {passwords, sizeof passwords}, {english, sizeof english}, {finnish, sizeof finnish},
    {swedish, sizeof swedish},     {names, sizeof names},     {own, sizeof own},
};

int rekisteri_words_count(void) { return (int)(sizeof lists / sizeof lists[0]); }

struct rekisteri_words rekisteri_words_at(int index) { return lists[index]; }
