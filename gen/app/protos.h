/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of protocols, in the order in which people read it. A line BUILT(name, meaning) declares
 * name_client and name_server, which gen/app/name.c defines, and puts them into app_protos.
 */
#ifndef APP_PROTOS_H
#define APP_PROTOS_H

#include "app/app.h"

/* LATER(name, meaning, what brings it): listed and refused by name. */
#define APP_PROTOS(BUILT, LATER)                                                                   \
    BUILT(line, "one JSON-RPC object a line, matched by id")                                       \
    BUILT(echo, "opaque bytes, sent back and compared")                                            \
    BUILT(discard, "one way; the peer only counts")                                                \
    LATER(http, "HTTP/1.1 with keep-alive and pipelining", "it comes with HTTP/1.1")               \
    LATER(websocket, "RFC 6455 messages", "it comes with WebSocket")                               \
    LATER(mcp, "Model Context Protocol sessions", "it comes with MCP")                             \
    LATER(script, "send, expect and delay from a file", "it comes with protocol scripts")

#define PROTO_DECLARE(name, meaning)                                                               \
    extern const struct app_client name##_client;                                                  \
    extern const struct app_server name##_server;
#define PROTO_NOTHING(name, meaning, later)
APP_PROTOS(PROTO_DECLARE, PROTO_NOTHING)
#undef PROTO_DECLARE
#undef PROTO_NOTHING

#endif
