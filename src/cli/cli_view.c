/* cli_view.c - five columns: time, our state, direction, segment, the peer's state.
 *
 * Our state is told by the stack's own trace events.  The peer's cannot be seen: it is
 * inferred from what it sends and what reaches it, and marked by brackets.  Frames arrive
 * in batches before they are processed, so a line for an arriving frame waits until the
 * stack says that it has taken that frame. */
#include "cli/cli_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lull/host.h"

#include "cli/cli_wrap.h"
#include "wire/describe.h"

#define CONNS   256 /* watched at once, by the peer's port; the oldest makes room */
#define WAITING 1024
#define TEXT    160

struct watched {
    uint16_t port; /* the peer's; 0: free */
    const char *ours, *theirs;
    seq32 our_isn, their_isn;
    seq32 our_fin, their_fin; /* one past them */
    bool our_fin_sent, their_fin_sent;
};

struct line {
    uint16_t port;
    bool is_tcp;
    struct tcp_segment segment;
    char text[TEXT];
};

struct tracer {
    enum lull_link link;
    lull_time start;
    struct watched watched[CONNS];
    struct line waiting[WAITING]; /* arrived, not yet taken by the stack */
    unsigned first, count;
    struct line pending; /* taken; what it did is still being told */
    bool has_pending;
    lull_time pending_at;
};

static struct watched *watched_for(struct tracer *t, uint16_t port)
{
    struct watched *w = &t->watched[port % CONNS];

    if (w->port != port)
        *w = (struct watched){.port = port, .ours = "CLOSED", .theirs = "CLOSED"};
    return w;
}

/* What an observer can say of the peer's state after a segment has passed. */
static void infer_sent_by_peer(struct watched *w, const struct tcp_segment *seg)
{
    if (seg->flags & TCP_SYN) {
        w->their_isn = seg->seq;
        w->theirs = seg->flags & TCP_ACK ? "SYN-RECEIVED" : "SYN-SENT";
    } else if (seg->flags & TCP_RST) {
        w->theirs = "CLOSED";
    } else if (strncmp(w->theirs, "SYN", 3) == 0) {
        w->theirs = "ESTABLISHED";
    }
    if (!(seg->flags & TCP_FIN) || w->their_fin_sent)
        return;
    w->their_fin_sent = true;
    w->their_fin = seq_add(seg->seq, seg->len);
    w->theirs = strcmp(w->theirs, "CLOSE-WAIT") == 0 ? "LAST-ACK" : "FIN-WAIT-1";
}

static void infer_reached_peer(struct watched *w, const struct tcp_segment *seg)
{
    bool acks_fin = w->their_fin_sent && (seg->flags & TCP_ACK) && seq_eq(seg->ack, w->their_fin);

    if (seg->flags & TCP_RST) {
        w->theirs = "CLOSED";
        return;
    }
    if (seg->flags & TCP_SYN)
        w->our_isn = seg->seq;
    if (acks_fin && strcmp(w->theirs, "LAST-ACK") == 0)
        w->theirs = "CLOSED";
    else if (acks_fin && strcmp(w->theirs, "FIN-WAIT-1") == 0)
        w->theirs = "FIN-WAIT-2";
    if (!(seg->flags & TCP_FIN))
        return;
    if (strcmp(w->theirs, "ESTABLISHED") == 0)
        w->theirs = "CLOSE-WAIT";
    else if (strcmp(w->theirs, "FIN-WAIT-2") == 0)
        w->theirs = "TIME-WAIT";
    else if (strcmp(w->theirs, "FIN-WAIT-1") == 0)
        w->theirs = acks_fin ? "TIME-WAIT" : "CLOSING";
}

static void describe(struct line *line, const struct tcp_segment *seg, seq32 seq_from,
                     seq32 ack_from)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{TCP_SYN, "SYN"}, {TCP_FIN, "FIN"}, {TCP_RST, "RST"}};
    int at = 0;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (seg->flags & names[i].bit)
            at += snprintf(line->text + at, TEXT - (size_t)at, "%s ", names[i].name);
    }
    at += snprintf(line->text + at, TEXT - (size_t)at, "seq=%" PRIu32,
                   seg->flags & TCP_SYN ? 0 : seq_span(seq_from, seg->seq));
    if (seg->len > 0 && !(seg->flags & TCP_SYN))
        at += snprintf(line->text + at, TEXT - (size_t)at, "..%" PRIu32,
                       seq_span(seq_from, seq_add(seg->seq, seg->len)));
    if (seg->flags & TCP_ACK)
        snprintf(line->text + at, TEXT - (size_t)at, " ack=%" PRIu32, seq_span(ack_from, seg->ack));
}

static void print_line(struct tracer *t, const struct line *line, lull_time at, const char *arrow)
{
    double seconds = (double)(at - t->start) / 1e9;

    if (!line->is_tcp) {
        printf("%11.6f  %-12s %s %s\n", seconds, "", arrow, line->text);
        return;
    }
    const struct watched *w = watched_for(t, line->port);
    printf("%11.6f  %-12s %s %-34s [%s]\n", seconds, w->ours, arrow, line->text, w->theirs);
}

static void flush_pending(struct tracer *t)
{
    if (t->has_pending)
        print_line(t, &t->pending, t->pending_at, "<--");
    t->has_pending = false;
}

static void describe_other(enum lull_link link, struct line *line, const void *bytes, size_t len)
{
    struct text text;

    text_init(&text, line->text, sizeof line->text);
    if (link == LULL_LINK_ETHERNET)
        describe_frame(&text, (struct span){bytes, len});
    else
        describe_packet(&text, (struct span){bytes, len});
}

static void arrives(void *context, const struct lull_input *frame)
{
    struct tracer *t = context;

    if (t->count == WAITING)
        return;
    struct line *line = &t->waiting[(t->first + t->count++) % WAITING];
    *line = (struct line){0};
    line->is_tcp = cli_wrap_segment(t->link, frame->bytes.data, frame->bytes.len, &line->segment);
    if (line->is_tcp)
        line->port = line->segment.source_port;
    else
        describe_other(t->link, line, frame->bytes.data, frame->bytes.len);
}

/* The stack has taken the next of the frames that arrived. */
static void take_arrived(struct tracer *t, lull_time at)
{
    flush_pending(t);
    if (t->count == 0)
        return;
    t->pending = t->waiting[t->first];
    t->first = (t->first + 1) % WAITING;
    t->count--;
    t->has_pending = true;
    t->pending_at = at;
    if (!t->pending.is_tcp)
        return;
    struct watched *w = watched_for(t, t->pending.port);
    infer_sent_by_peer(w, &t->pending.segment);
    describe(&t->pending, &t->pending.segment, w->their_isn, w->our_isn);
}

static bool leaves(void *context, const struct lull_frame *frame)
{
    struct tracer *t = context;
    struct line line = {0};

    flush_pending(t);
    line.is_tcp = cli_wrap_segment(t->link, frame->header, frame->header_bytes, &line.segment);
    if (line.is_tcp) {
        line.port = line.segment.destination_port;
        line.segment.len += frame->total_bytes - frame->header_bytes;
        struct watched *w = watched_for(t, line.port);
        infer_reached_peer(w, &line.segment);
        describe(&line, &line.segment, w->our_isn, w->their_isn);
    } else {
        describe_other(t->link, &line, frame->header, frame->header_bytes);
    }
    print_line(t, &line, lull_host_clock_now(), "-->");
    return true;
}

static void flushes(void *context)
{
    flush_pending(context);
    fflush(stdout);
}

static const char *const state_names[] = {"CLOSED",      "LISTEN",     "SYN-SENT",   "SYN-RECEIVED",
                                          "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
                                          "CLOSING",     "LAST-ACK",   "TIME-WAIT"};

static void take_event(void *context, const struct lull_trace_record *r)
{
    struct tracer *t = context;

    switch (r->event) {
    case LULL_TRACE_frame_in: take_arrived(t, r->at); break;
    case LULL_TRACE_tcp_state:
        watched_for(t, (uint16_t)r->arg[2])->ours = state_names[r->arg[1] % 11];
        break;
    case LULL_TRACE_tw_rearm:
        flush_pending(t);
        printf("%11.6f  TIME-WAIT    timer started again (port %" PRIu16 ")\n",
               (double)(r->at - t->start) / 1e9, r->remote.port);
        break;
    case LULL_TRACE_tw_leave:
        flush_pending(t);
        watched_for(t, r->remote.port)->ours = "CLOSED";
        printf("%11.6f  CLOSED       TIME-WAIT is over (port %" PRIu16 ")\n",
               (double)(r->at - t->start) / 1e9, r->remote.port);
        break;
    default: break;
    }
}

struct lull_driver *cli_view_open(struct lull_driver *inner, enum lull_link link,
                                  struct lull_stack *stack)
{
    struct cli_wrap *wrap = calloc(1, sizeof *wrap);
    struct tracer *tracer = calloc(1, sizeof *tracer);

    if (wrap == NULL || tracer == NULL) {
        free(wrap);
        free(tracer);
        return NULL;
    }
    tracer->link = link;
    tracer->start = lull_host_clock_now();
    wrap->context = tracer;
    wrap->arrives = arrives;
    wrap->leaves = leaves;
    wrap->flushes = flushes;
    lull_stack_set_trace(stack, take_event, tracer);
    return cli_wrap_open(wrap, inner, link);
}
