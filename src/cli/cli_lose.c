/* cli_lose.c - the danger TIME-WAIT exists for, made to happen.
 *
 * The frame thrown away is the first bare ACK that covers a FIN which arrived after we had
 * sent ours: the fourth segment of the close.  One FIN is remembered at a time, which is
 * enough for a demonstration. */
#include "cli/cli_lose.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/cli_wrap.h"

struct lose {
    enum lull_link link;
    uint64_t left;
    uint16_t peer_port; /* of the connection we closed; 0: none */
    bool fin_seen;
    seq32 covers; /* what the last ACK will say */
};

static void arrives(void *context, const struct lull_input *frame)
{
    struct lose *lose = context;
    struct tcp_segment seg;

    if (!cli_wrap_segment(lose->link, frame->bytes.data, frame->bytes.len, &seg)
        || !(seg.flags & TCP_FIN) || seg.source_port != lose->peer_port)
        return;
    lose->fin_seen = true;
    lose->covers = seq_add(seg.seq, seg.len);
}

static bool leaves(void *context, const struct lull_frame *frame)
{
    struct lose *lose = context;
    struct tcp_segment seg;

    if (!cli_wrap_segment(lose->link, frame->header, frame->header_bytes, &seg))
        return true;
    if (seg.flags & TCP_FIN) {
        lose->peer_port = seg.destination_port;
        lose->fin_seen = false;
        return true;
    }
    if (lose->left == 0 || !lose->fin_seen || frame->slice_count > 0
        || seg.destination_port != lose->peer_port || !seq_eq(seg.ack, lose->covers))
        return true;
    lose->left--;
    printf("                         --x the ACK of the peer's FIN, lost on purpose (port %u)\n",
           lose->peer_port);
    fflush(stdout);
    return false;
}

struct lull_driver *cli_lose_open(struct lull_driver *inner, enum lull_link link, uint64_t count)
{
    struct cli_wrap *wrap = calloc(1, sizeof *wrap);
    struct lose *lose = calloc(1, sizeof *lose);

    if (wrap == NULL || lose == NULL) {
        free(wrap);
        free(lose);
        return NULL;
    }
    lose->link = link;
    lose->left = count;
    wrap->context = lose;
    wrap->arrives = arrives;
    wrap->leaves = leaves;
    return cli_wrap_open(wrap, inner, link);
}
