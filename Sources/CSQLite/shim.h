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

/// Gives a copy of the text as a function's result.
static inline void csqlite_result_text(sqlite3_context *context, const char *text, sqlite3_uint64 length) {
    sqlite3_result_text64(context, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Gives a copy of the bytes as a function's result.
static inline void csqlite_result_blob(sqlite3_context *context, const void *bytes, sqlite3_uint64 length) {
    sqlite3_result_blob64(context, bytes, length, SQLITE_TRANSIENT);
}

/// Waits until what SQLite has written to the database's file is on the disk. Through SQLite's own file: another one would
/// drop its locks when it is closed.
static inline int csqlite_write_through(sqlite3 *database) {
    sqlite3_file *file = 0;
    int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || file == 0 || file->pMethods == 0) return code;
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

/// Sets one of the on/off options of a connection.
static inline int csqlite_set_option(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

/// Sets one of the on/off options of a connection. Returns what it is then; -1 if SQLite does not know it.
static inline int csqlite_exchange_option(sqlite3 *database, int option, int value) {
    int now = -1;
    return sqlite3_db_config(database, option, value, &now) == SQLITE_OK ? now : -1;
}

/// Whether two stretches of bytes are the same.
static inline int csqlite_is_equal(const void *a, const void *b, size_t length) {
    return memcmp(a, b, length) == 0;
}
