/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables that registry.c lists. */
#ifndef APP_PROTOS_H
#define APP_PROTOS_H

#include "app/app.h"

extern const struct app_client line_client, echo_client, discard_client;
extern const struct app_server line_server, echo_server, discard_server;

#endif
