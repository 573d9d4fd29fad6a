/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An attacker on the link of two peers. He sees every frame that the server sends to addresses which
 * are not the client's, and sends what he likes, from any address. Beside him the peers' own
 * connections go on; when they are through, every byte must have come whole, nothing may have
 * passed its bound, and nothing may be left behind.
 */
#ifndef TESTS_SIM_ATTACK_H
#define TESTS_SIM_ATTACK_H

#include "lib/check_main.h"
#include "net/pkt.h"
#include "peers.h"

#define ATTACKER 0xc6130001u /* 198.19.0.1; a host as PEERS_CLIENT is */
#define MS       1000000ull

/* One segment of his. */
struct forged {
    uint32_t src, dst; /* hosts; 0: ATTACKER, the server */
    struct net_seg seg;
    const void *payload;
    uint32_t payload_len;
    const uint8_t *options; /* in place of those of `seg`; a multiple of 4 bytes */
    uint32_t options_len;
};

/* A connection that he holds himself. */
struct foothold {
    uint16_t port;
    uint32_t seq, ack;        /* his next number; the server's next one, as he has seen it */
    uint32_t synacks, bytes, resets, acks; /* that came for him; acks: without text */
    uint8_t stage;            /* 0: nothing sent, 1: SYN, 2: connected */
    bool open, fin;           /* the SYN-ACK, the FIN came */
    bool shut;                /* he takes no text: his window is closed */
    uint32_t probes, answered; /* text that came all the same */
};

#define FOOTHOLDS 64

struct attack {
    struct peers *p;
    struct rng rng;
    void (*act)(struct attack *a); /* once a step, from when all own connections are open */
    bool on;
    uint64_t sent;
    uint32_t stage, victim;   /* the test's own */
    uint16_t forgotten;       /* client's port whose frames the link swallows; 0: none */
    uint64_t forgotten_frames;
    struct pkt_tcp forgotten_last; /* of the client's; without its text */
    struct foothold holds[FOOTHOLDS]; /* his ports 1000 + i */
    /* the most at once, of the server */
    uint32_t half_open_max, in_use_max, time_wait_max, pieces_max, paths_max;
    struct tcp_memory memory; /* at the beginning */
};

/* 8 connections of 40 messages each way over 2 ms, room for 64 strangers; of the family that the
 * environment says (peers_ip6). */
struct peers_config attack_config(void);
/* Opens, plays until all own connections are closed (they must be within 600 s), goes on to
 * `least_ns` of virtual time, then ends the strangers and checks that all is back. */
void attack_play(struct attack *a, const struct peers_config *cfg, void (*act)(struct attack *a),
                 uint64_t least_ns);
/* The first part alone: what a test wants to look at before the end. */
void attack_open(struct attack *a, const struct peers_config *cfg, void (*act)(struct attack *a));
void attack_go_on(struct attack *a, uint64_t least_ns);
void attack_close(struct attack *a);

void attack_send(struct attack *a, int to, const struct forged *f);
/* A segment of a foothold with its next number, which moves by what is sent. */
void foothold_send(struct attack *a, struct foothold *h, uint8_t flags, const void *payload,
                   uint32_t len);
/* Brings one on; true once it is connected. */
bool foothold_ready(struct attack *a, struct foothold *h);
/* The server's connection of a foothold, or NULL. */
struct conn *foothold_conn(struct attack *a, const struct foothold *h);
/* A stranger's connection from the client's stack to the server, its port behind those that are
 * checked; its index at the client. */
uint32_t attack_open_victim(struct attack *a);
uint16_t attack_victim_port(const struct attack *a);
struct conn *attack_far_end(struct attack *a, uint16_t client_port);
/* The server's connection with the client's number `id`, or NULL. */
struct conn *attack_victim(struct attack *a, uint32_t id);
/* Of both ends. */
uint64_t attack_count(const struct attack *a, enum counter c);

static inline struct peer *attack_server(const struct attack *a)
{
    return &a->p->ends[1];
}

#endif
