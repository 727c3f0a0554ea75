#pragma once

/// The SQL of the program, embedded when it is built.
struct rekisteri_migration {
  int number;
  const char *name;
  const char *sql;
};

/// How many migrations there are.
int rekisteri_migration_count(void);
/// The migration at an index below the count, in the order of their numbers.
struct rekisteri_migration rekisteri_migration_at(int index);
/// The statements that make the database roles.
const char *rekisteri_roles(void);
