/* cli_trace.c - prints records of the trace and frames.
 *
 * Frames are seen where they pass the device, because the trace has numbers only; both go
 * through one clock, so the lines are in order. */
#include "cli/cli_trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lull/host.h"
#include "lull/refusal.h"
#include "lull/stack.h"

#include "cli/cli_wrap.h"
#include "wire/describe.h"
#include "wire/describe_tcp.h"

struct frames {
    struct cli_trace *trace;
    enum lull_link link;
    uint8_t bytes[65536 + LULL_FRAME_HEADER_BYTES]; /* a frame in one piece */
};

static double seconds_since(const struct cli_trace *trace, lull_time at)
{
    return (double)(at - trace->start) / (double)LULL_SEC(1);
}

/* In the order of RFC 9293 section 3.3.2, as the tcp_state record counts them. */
static const char *state_name(uint32_t state)
{
    static const char *const names[] = {
        "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
        "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT",
    };
    return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

static void print_state(const struct cli_trace *trace, const struct lull_trace_record *r)
{
    fprintf(trace->out, "%11.6f    conn %" PRIu32 " port %" PRIu32 ": %s -> %s\n",
            seconds_since(trace, r->at), r->conn_id, r->arg[2], state_name(r->arg[0]),
            state_name(r->arg[1]));
}

/* "10.0.0.2:80 10.0.0.1:40000" */
static void print_names(const struct cli_trace *trace, const struct lull_trace_record *r)
{
    char local[LULL_NAME_TEXT_BYTES], remote[LULL_NAME_TEXT_BYTES];

    lull_address_format_name(&r->local, local, sizeof local);
    lull_address_format_name(&r->remote, remote, sizeof remote);
    fprintf(trace->out, "%s %s", local, remote);
}

/* " after [F.] seq 1 ack 2 len 1", where a segment was the cause. */
static void print_segment(const struct cli_trace *trace, const struct lull_trace_segment *s)
{
    char flags[16];
    struct text text;

    if (s->flags != 0) {
        text_init(&text, flags, sizeof flags);
        describe_tcp_flags(&text, (uint8_t)s->flags, DESCRIBE_TCP_TCPDUMP);
        fprintf(trace->out, ", after [%s] seq %" PRIu32 " ack %" PRIu32 " len %" PRIu32, flags,
                s->seq, s->ack, s->len);
    }
    fputc('\n', trace->out);
}

static const char *kind_name(uint32_t kind)
{
    switch (kind) {
    case LULL_ROW_TIME_WAIT: return "TIME-WAIT";
    case LULL_ROW_FIN_WAIT_2: return "FIN-WAIT-2";
    case LULL_ROW_HOLD: return "HOLD";
    default: return "?";
    }
}

static void print_record(const struct cli_trace *trace, const struct lull_trace_record *r)
{
    fprintf(trace->out, "%11.6f    %s ", seconds_since(trace, r->at), kind_name(r->arg[0]));
    print_names(trace, r);
    if (r->event == LULL_TRACE_tw_leave)
        fprintf(trace->out, ": ends after %.1f s: %s", r->arg[2] / 1e3,
                lull_record_end_text((enum lull_record_end)r->arg[1]));
    else if (r->event == LULL_TRACE_tw_enter)
        fprintf(trace->out, ": begins to wait for %.3f s: %s", r->arg[2] / 1e3,
                lull_record_cause_text((enum lull_record_cause)r->arg[1]));
    else
        fprintf(trace->out, ": starts its wait again for %.3f s: %s", r->arg[2] / 1e3,
                lull_record_reason_text((enum lull_record_reason)r->arg[1]));
    print_segment(trace, &r->segment);
}

static void print_refusal(const struct cli_trace *trace, const struct lull_trace_record *r)
{
    char rule[8];

    lull_rule_text(r->arg[1], rule);
    fprintf(trace->out, "%11.6f    %s refused [%s]: ", seconds_since(trace, r->at),
            lull_refusal_call_name((enum lull_refused_call)r->arg[0]), rule);
    print_names(trace, r);
    if (r->arg[2] != UINT32_MAX)
        fprintf(trace->out, " for %.3f s", r->arg[2] / 1e3);
    print_segment(trace, &r->segment);
}

static void print_other(const struct cli_trace *trace, const struct lull_trace_record *r)
{
    const struct lull_trace_schema *schema = lull_trace_schema(r->event);

    fprintf(trace->out, "%11.6f    conn %" PRIu32 " %s", seconds_since(trace, r->at), r->conn_id,
            schema->name);
    for (int i = 0; i < 3; i++) {
        if (strcmp(schema->arg[i], "none") != 0)
            fprintf(trace->out, " %s=%" PRIu32, schema->arg[i], r->arg[i]);
    }
    fputc('\n', trace->out);
}

void cli_trace_record(void *context, const struct lull_trace_record *record)
{
    const struct cli_trace *trace = context;

    switch (record->event) {
    case LULL_TRACE_tcp_state: print_state(trace, record); break;
    case LULL_TRACE_tw_enter:
    case LULL_TRACE_tw_rearm:
    case LULL_TRACE_tw_leave: print_record(trace, record); break;
    case LULL_TRACE_refused: print_refusal(trace, record); break;
    case LULL_TRACE_tcp_drop:
    case LULL_TRACE_tcp_retransmit:
    case LULL_TRACE_frame_drop: print_other(trace, record); break;
    default: break; /* the frames tell the rest */
    }
}

static void print_frame(const struct frames *f, const char *arrow, struct span bytes)
{
    char line[DESCRIBE_TEXT_BYTES];
    struct text text;

    text_init(&text, line, sizeof line);
    if (f->link == LULL_LINK_ETHERNET)
        describe_frame(&text, bytes);
    else
        describe_packet(&text, bytes);
    fprintf(f->trace->out, "%11.6f %s %s\n", seconds_since(f->trace, lull_host_clock_now()), arrow,
            line);
}

static void print_arriving(void *context, const struct lull_input *frame)
{
    print_frame(context, "<", (struct span){frame->bytes.data, frame->bytes.len});
}

static bool print_leaving(void *context, const struct lull_frame *frame)
{
    struct frames *f = context;
    size_t length = frame->header_bytes;

    memcpy(f->bytes, frame->header, length);
    for (int i = 0; i < frame->slice_count; i++) {
        size_t room = sizeof f->bytes - length;
        size_t bytes = frame->slices[i].len < room ? frame->slices[i].len : room;
        memcpy(f->bytes + length, frame->slices[i].data, bytes);
        length += bytes;
    }
    print_frame(f, ">", (struct span){f->bytes, length});
    return true;
}

struct lull_driver *cli_trace_open_driver(struct cli_trace *trace, struct lull_driver *inner,
                                          enum lull_link link)
{
    struct cli_wrap *wrap = calloc(1, sizeof *wrap);
    struct frames *frames = calloc(1, sizeof *frames);

    if (!wrap || !frames) {
        free(wrap);
        free(frames);
        return NULL;
    }
    frames->trace = trace;
    frames->link = link;
    wrap->context = frames;
    wrap->arrives = print_arriving;
    wrap->leaves = print_leaving;
    wrap->frames_at_once = 1; /* so that what the stack makes of a frame stands below it */
    return cli_wrap_open(wrap, inner, link);
}
