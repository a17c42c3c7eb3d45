/* cli_trace.c - prints records of the trace and frames.
 *
 * Frames are seen where they pass the device, because the trace has numbers only; both go
 * through one clock, so the lines are in order. */
#include "cli/cli_trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lull/host.h"

#include "cli/cli_wrap.h"
#include "wire/describe.h"

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

static void print_record_of_time_wait(const struct cli_trace *trace,
                                      const struct lull_trace_record *r)
{
    static const char *const causes[] = {"waited to the end", "replaced by a new incarnation",
                                         "given up: the table was full", "ended by a reset"};
    fprintf(trace->out, "%11.6f    record %" PRIu32 " ports %" PRIu32 " %" PRIu32 ": ",
            seconds_since(trace, r->at), r->conn_id, r->arg[0], r->arg[1]);
    if (r->event == LULL_TRACE_tw_leave)
        fprintf(trace->out, "ends: %s\n",
                r->arg[2] < sizeof causes / sizeof causes[0] ? causes[r->arg[2]] : "gone");
    else
        fprintf(trace->out, "%s for %.3f s\n",
                r->event == LULL_TRACE_tw_enter ? "begins to wait" : "starts its wait again",
                (int32_t)(r->arg[2] - (uint32_t)(r->at / LULL_MS(1))) / 1e3);
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
    case LULL_TRACE_tw_leave: print_record_of_time_wait(trace, record); break;
    case LULL_TRACE_tcp_drop:
    case LULL_TRACE_tcp_retransmit:
    case LULL_TRACE_refused:
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
