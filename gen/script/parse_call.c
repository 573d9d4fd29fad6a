/* SPDX-License-Identifier: BSD-3-Clause */
/* `write(4, ..., 1000) = 1000`, as a C program would call. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "script/internal.h"

static const struct name {
    const char *name;
    enum script_call call;
} names[] = {{"socket", CALL_SOCKET},   {"setsockopt", CALL_SETSOCKOPT}, {"fcntl", CALL_FCNTL},
             {"bind", CALL_BIND},       {"listen", CALL_LISTEN},         {"accept", CALL_ACCEPT},
             {"connect", CALL_CONNECT}, {"write", CALL_WRITE},           {"read", CALL_READ},
             {"shutdown", CALL_SHUTDOWN}, {"close", CALL_CLOSE},         {"send", CALL_WRITE},
             {"recv", CALL_READ}};

const char *script_call_name(enum script_call call)
{
    return names[call].name;
}

static bool find(const char *name, enum script_call *out)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i].name, name)) {
            *out = names[i].call;
            return true;
        }
    return false;
}

/* An argument up to the next comma or the closing bracket, brackets inside it whole. */
static const char *argument(struct line *l, char *out, size_t size)
{
    size_t n = 0;
    int depth = 0;
    skip_blanks(l);
    for (; *l->at && (depth || (*l->at != ',' && *l->at != ')')); l->at++) {
        depth += (*l->at == '[' || *l->at == '{' || *l->at == '(');
        depth -= (*l->at == ']' || *l->at == '}' || *l->at == ')');
        if (n + 1 < size)
            out[n++] = *l->at;
    }
    out[n] = 0;
    return out;
}

/* The first number in it: "[1]", "{onoff=1, linger=0}" */
static int64_t number_in(const char *text)
{
    int64_t n = 0;
    while (*text && !isdigit((unsigned char)*text))
        text++;
    while (isdigit((unsigned char)*text) && n < INT32_MAX)
        n = n * 10 + (*text++ - '0');
    return n;
}

static int check_known(struct line *l, const struct script_row *row)
{
    static const char *const options[] = {"SO_REUSEADDR", "SO_LINGER", "TCP_NODELAY"};
    if (row->call == CALL_SHUTDOWN && strcmp(row->name, "SHUT_WR"))
        return refuse(l, "shutdown(FD, SHUT_WR)");
    if (row->call != CALL_SETSOCKOPT)
        return 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!strcmp(row->name, options[i]))
            return 0;
    return refuse(l, "setsockopt of SO_REUSEADDR, SO_LINGER or TCP_NODELAY");
}

/* Which of a call's arguments says what. */
static void note_argument(struct script_row *row, int at, const char *text)
{
    if (at == 0 && row->call != CALL_SOCKET)
        row->fd = (int)number_in(text);
    if (at == 2 && (row->call == CALL_WRITE || row->call == CALL_READ))
        row->amount = (uint32_t)number_in(text);
    if ((at == 2 && row->call == CALL_SETSOCKOPT) || (at == 1 && row->call == CALL_SHUTDOWN))
        snprintf(row->name, sizeof row->name, "%.*s", (int)sizeof row->name - 1, text); /* a longer one is none that is known */
    if (at == 3 && row->call == CALL_SETSOCKOPT)
        row->value = number_in(text);
}

static int parse_result(struct line *l, struct script_row *row)
{
    if (!take_text(l, "=") || !take_number(l, -1, INT32_MAX, &row->result))
        return refuse(l, "= and what the call gives");
    if (row->result < 0)
        take_word(l, row->error, sizeof row->error);
    if (take_text(l, "(")) { /* packetdrill's own note of the error's text */
        while (*l->at && *l->at != ')')
            l->at++;
        take_text(l, ")");
    }
    bool makes = row->call == CALL_SOCKET || row->call == CALL_ACCEPT;
    if (row->fd >= SCRIPT_FDS || (makes && row->result >= SCRIPT_FDS))
        return refuse(l, "descriptors below 16");
    return 0;
}

int parse_call(struct line *l, struct script_row *row)
{
    char name[32], text[64];
    const char *from = l->at;
    if (!take_word(l, name, sizeof name) || !find(name, &row->call) || !take_text(l, "(")) {
        l->at = from;
        return refuse(l, "<, > or a call: socket, setsockopt, fcntl, bind, listen, accept, "
                         "connect, write, read, send, recv, shutdown, close");
    }
    for (int at = 0; *l->at && *l->at != ')'; at++) {
        note_argument(row, at, argument(l, text, sizeof text));
        if (*l->at == ',')
            l->at++;
    }
    if (!take_text(l, ")"))
        return refuse(l, ") behind the arguments");
    int rc = check_known(l, row);
    return rc ? rc : parse_result(l, row);
}
