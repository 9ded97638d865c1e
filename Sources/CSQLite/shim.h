#include <sqlite3.h>
#include <string.h>

// What Swift can't import: a destructor that is a cast of -1, and variadic functions.

/// Binds a copy of the text.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds a copy of the bytes.
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, bytes, length, SQLITE_TRANSIENT);
}

/// Sets one of the on/off options of a connection.
static inline int csqlite_set_option(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

/// Whether two stretches of bytes are the same.
static inline int csqlite_is_equal(const void *a, const void *b, size_t length) {
    return memcmp(a, b, length) == 0;
}
