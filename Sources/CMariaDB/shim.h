#ifndef POOLING_CMARIADB_SHIM_H
#define POOLING_CMARIADB_SHIM_H

#include <stdbool.h>

#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

// What Swift can't import: functions with a variable number of arguments, and macros of one.

static inline int pooling_mysql_option(MYSQL *mysql, enum mysql_option option, const void *value) {
    return mysql_options(mysql, option, value);
}

static inline unsigned int pooling_mysql_server_status(const MYSQL *mysql) { return mysql->server_status; }

// The upper half of what the server can do: what MariaDB has beyond MySQL.
static inline bool pooling_mariadb_server_capabilities(MYSQL *mysql, unsigned long *capabilities) {
    return mariadb_get_infov(mysql, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, capabilities) == 0;
}

// The errors of a connection that is gone are the client's, and have these numbers.
enum {
    POOLING_CLIENT_ERRORS_BEGIN = CR_MIN_ERROR,
    POOLING_CLIENT_ERRORS_END = CR_MYSQL_LAST_ERROR,
};

#endif
