#include "CSchema.h"

const unsigned char rekisteri_sql_roles[] = {
#embed "roles.sql"
    , 0};

static const unsigned char migration_0001[] = {
#embed "migrations/0001_spine.sql"
    , 0};

static const unsigned char migration_0002[] = {
#embed "migrations/0002_access.sql"
    , 0};

static const unsigned char migration_0003[] = {
#embed "migrations/0003_sessions.sql"
    , 0};

static const unsigned char migration_0004[] = {
#embed "migrations/0004_tree.sql"
    , 0};

static const unsigned char migration_0005[] = {
#embed "migrations/0005_anomalies.sql"
    , 0};

static const struct rekisteri_migration migrations[] = {
    {1, "spine", (const char *)migration_0001},
    {2, "access", (const char *)migration_0002},
    {3, "sessions", (const char *)migration_0003},
    {4, "tree", (const char *)migration_0004},
    {5, "anomalies", (const char *)migration_0005},
};

int rekisteri_migration_count(void) { return (int)(sizeof migrations / sizeof migrations[0]); }

struct rekisteri_migration rekisteri_migration_at(int index) { return migrations[index]; }

const char *rekisteri_roles(void) { return (const char *)rekisteri_sql_roles; }
