#ifndef POOLING_CMARIADB_SHIM_H
#define POOLING_CMARIADB_SHIM_H

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

// What Swift can't import: functions with a variable number of arguments, and macros of one.

static inline int pooling_mysql_option(MYSQL *mysql, enum mysql_option option, const void *value) {
    return mysql_options(mysql, option, value);
}

static inline unsigned int pooling_mysql_server_status(const MYSQL *mysql) { return mysql->server_status; }

// The errors of a connection that is gone are the client's, and have these numbers.
enum {
    POOLING_CLIENT_ERRORS_BEGIN = CR_MIN_ERROR,
    POOLING_CLIENT_ERRORS_END = CR_MYSQL_LAST_ERROR,
};

#endif
