/* SPDX-License-Identifier: BSD-3-Clause */
/* Log lines for people, on stderr by default. Never called on the data path. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdio.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    enum log_level level; /* lines above this level are not written */
    FILE *to;             /* NULL: stderr */
};

void log_line(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "error" | "warn" | "info" | "debug"; -EINVAL for anything else. */
int log_level_parse(const char *text, enum log_level *out);

#define log_error(l, ...) log_line((l), LOG_ERROR, __VA_ARGS__)
#define log_warn(l, ...)  log_line((l), LOG_WARN, __VA_ARGS__)
#define log_info(l, ...)  log_line((l), LOG_INFO, __VA_ARGS__)
#define log_debug(l, ...) log_line((l), LOG_DEBUG, __VA_ARGS__)

#endif
