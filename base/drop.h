/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why a frame, a segment or a piece of data was not taken. Data-path functions return -DROP_x;
 * one place (the stack's receive loop) counts and frees. A new reason is one line here.
 */
#ifndef BASE_DROP_H
#define BASE_DROP_H

/* X(name, meaning) */
#define DROP_LIST(X)                                                                               \
    X(NONE, "not a drop")                                                                          \
    X(ETH_SHORT, "frame shorter than its link header")                                             \
    X(ETH_NOT_OURS, "destination MAC is another host's, or the source's a group's")                 \
    X(ETH_TYPE, "EtherType that nothing here speaks")                                              \
    X(ARP_BAD, "ARP that is short or malformed")                                                   \
    X(IP_SHORT, "IP header or total length beyond the frame")                                      \
    X(IP_VERSION, "IP version or header length is wrong")                                          \
    X(IP_CSUM, "IPv4 header checksum is wrong")                                                    \
    X(IP_FRAGMENT, "IP fragment")                                                                  \
    X(IP_OPTIONS, "IP option that must not be passed")                                             \
    X(IP_NOT_OURS, "destination address is not one of ours")                                       \
    X(IP_SOURCE, "source address that no host may use")                                            \
    X(IP_PROTOCOL, "IP protocol that nothing here speaks")                                         \
    X(ICMP_BAD, "ICMP that is short or has a wrong checksum")                                      \
    X(ICMP_IGNORED, "ICMP type that asks nothing of us")                                           \
    X(TCP_SHORT, "TCP header or data offset beyond the packet")                                    \
    X(TCP_CSUM, "TCP checksum is wrong")                                                           \
    X(TCP_OPTION, "TCP option with an impossible length")                                          \
    X(TCP_NO_CONN, "no connection and no listener; answered with RST")                             \
    X(TCP_STATE, "segment that the state forbids")                                                 \
    X(TCP_OUT_OF_WINDOW, "sequence number outside the receive window; answered with ACK")          \
    X(TCP_PAWS, "timestamp older than the last one (RFC 7323)")                                    \
    X(TCP_BAD_ACK, "acknowledges what was never sent, or is too old (RFC 5961)")                   \
    X(TCP_BAD_RST, "reset outside the exact sequence number; challenged (RFC 5961)")               \
    X(TCP_BAD_SYN, "SYN on a synchronized connection; challenged (RFC 5961)")                      \
    X(TCP_DUPLICATE, "segment that carries only data received before")                             \
    X(TCP_OOO_FULL, "out-of-order store is full")                                                  \
    X(TCP_NO_CONN_SLOT, "connection pool is empty")                                                \
    X(TCP_NO_PATH_SLOT, "path pool is empty")                                                      \
    X(TCP_BACKLOG, "too many half-open connections")                                               \
    X(TCP_TIME_WAIT, "segment of a connection in TIME_WAIT; answered as RFC 9293 says")            \
    X(TCP_APP_FULL, "application took only a part; the window closes")                             \
    X(TCP_AFTER_CLOSE, "data after the local side closed")                                         \
    X(NEIGH_WAIT, "frame waits for a neighbour longer than its queue")                             \
    X(WIRE_RX_FULL, "receive ring full: the wire had to drop")                                     \
    X(WIRE_TX_FULL, "transmit ring full")                                                          \
    X(FAULT_LOSS, "lost by the fault wire")                                                        \
    X(FAULT_CORRUPT, "altered by the fault wire (counted, the frame goes on)")                     \
    X(FAULT_DUPLICATE, "duplicated by the fault wire (counted, an extra frame)")                   \
    X(FAULT_REORDER, "reordered by the fault wire (counted, the frame goes on)")                   \
    X(FAULT_TRUNCATE, "truncated by the fault wire (counted, the frame goes on)")                  \
    X(FAULT_FULL, "fault wire's store of delayed frames is full")                                  \
    X(FAULT_BURST, "lost in a burst by the fault wire")                                            \
    X(FAULT_QUEUE, "the queue before the fault wire's slow link is full")                          \
    X(FAULT_ECN, "marked congestion experienced by the fault wire (counted, the frame goes on)")   \
    X(ETH_VLAN, "VLAN tags that are not the run's")                                                \
    X(IP_EXTENSION, "IPv6 extension header that is malformed, refused or one too many")            \
    X(NDP_BAD, "neighbour discovery that RFC 4861 7.1 tells to discard")                           \
    X(ICMP_QUOTE, "ICMP error that quotes no segment of ours under way (RFC 5927)")                \
    X(WIRE_HANDOVER_FULL, "arrived at another worker's queue, and the lane to its own is full")  \
    X(WIRE_LONG, "came in several pieces, and no long frame was free or none so long")

enum drop {
#define X(name, meaning) DROP_##name,
    DROP_LIST(X)
#undef X
        DROP_COUNT
};

const char *drop_name(enum drop d);    /* "tcp_csum" */
const char *drop_meaning(enum drop d); /* "TCP checksum is wrong" */

#endif
