/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of states against RFC 9293 figure 5, arrow by arrow. */
#include "tests/lib/check_main.h"

#include "tcp/state.h"

enum cause { CLOSES, FIN_ARRIVES, FIN_ACKED, CAUSES };

static uint8_t move_of(enum tcp_state s, enum cause cause)
{
    const uint8_t moves[CAUSES] = {tcp_states[s].on_close, tcp_states[s].on_fin,
                                   tcp_states[s].on_fin_acked};
    return moves[cause];
}

/* Every arrow of the figure that ends a connection; all other pairs must lead nowhere. */
static const struct {
    enum tcp_state from;
    enum cause cause;
    uint8_t to;
} arrows[] = {
    {TCP_SYN_SENT, CLOSES, TCP_MOVE_ABORT},
    {TCP_SYN_RCVD, CLOSES, TCP_SYN_RCVD}, /* FIN-WAIT-1, as soon as it is ESTABLISHED */
    {TCP_ESTABLISHED, CLOSES, TCP_FIN_WAIT_1},
    {TCP_ESTABLISHED, FIN_ARRIVES, TCP_CLOSE_WAIT},
    {TCP_FIN_WAIT_1, FIN_ARRIVES, TCP_CLOSING},
    {TCP_FIN_WAIT_1, FIN_ACKED, TCP_FIN_WAIT_2},
    {TCP_FIN_WAIT_2, FIN_ARRIVES, TCP_MOVE_TIME_WAIT},
    {TCP_FIN_WAIT_2, FIN_ACKED, TCP_FIN_WAIT_2},
    {TCP_CLOSE_WAIT, CLOSES, TCP_LAST_ACK},
    {TCP_CLOSING, FIN_ACKED, TCP_MOVE_TIME_WAIT},
    {TCP_LAST_ACK, FIN_ACKED, TCP_MOVE_END},
};
#define ARROWS (sizeof arrows / sizeof *arrows)

START_TEST(moves_are_those_of_the_figure)
{
    for (enum tcp_state s = TCP_CLOSED; s < TCP_STATE_COUNT; s++) {
        for (enum cause cause = CLOSES; cause < CAUSES; cause++) {
            uint8_t expected = TCP_MOVE_NONE;
            for (size_t i = 0; i < ARROWS; i++)
                if (arrows[i].from == s && arrows[i].cause == cause)
                    expected = arrows[i].to;
            ck_assert_msg(move_of(s, cause) == expected, "%s, cause %d", tcp_states[s].name, cause);
        }
    }
}
END_TEST

/* From ESTABLISHED every order of the three causes ends the connection. */
START_TEST(every_way_out_ends)
{
    static const enum cause orders[][3] = {
        {CLOSES, FIN_ACKED, FIN_ARRIVES}, {CLOSES, FIN_ARRIVES, FIN_ACKED},
        {FIN_ARRIVES, CLOSES, FIN_ACKED}};
    for (size_t o = 0; o < 3; o++) {
        uint8_t state = TCP_ESTABLISHED;
        for (int i = 0; i < 3; i++) {
            ck_assert_uint_lt(state, TCP_STATE_COUNT);
            state = move_of((enum tcp_state)state, orders[o][i]);
        }
        ck_assert(state == TCP_MOVE_TIME_WAIT || state == TCP_MOVE_END);
    }
}
END_TEST

START_TEST(text_flows_where_the_figure_has_it)
{
    for (enum tcp_state s = TCP_CLOSED; s < TCP_STATE_COUNT; s++) {
        bool takes = s == TCP_ESTABLISHED || s == TCP_FIN_WAIT_1 || s == TCP_FIN_WAIT_2;
        bool may_close = s == TCP_ESTABLISHED || s == TCP_CLOSE_WAIT;
        ck_assert_msg(tcp_states[s].takes_text == takes, "%s", tcp_states[s].name);
        ck_assert_msg(!may_close || tcp_states[s].sends_text, "%s", tcp_states[s].name);
        ck_assert_msg(!tcp_states[s].handshake || !tcp_states[s].sends_text, "%s",
                      tcp_states[s].name);
    }
}
END_TEST

CHECK_MAIN("tcp/states", moves_are_those_of_the_figure, every_way_out_ends,
           text_flows_where_the_figure_has_it)
