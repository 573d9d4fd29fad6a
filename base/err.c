/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *e, enum exit_code code, int ret, const char *format, ...)
{
    if (!e || e->exit_code)
        return ret;
    va_list args;
    va_start(args, format);
    vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    e->exit_code = code;
    return ret;
}
