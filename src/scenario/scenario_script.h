/* scenario_script.h - a parsed script as data: settings, then events in the order they are written.
 *
 * Everything has a fixed place in one struct, and words stay where they are in the script's text,
 * so that a parsed script needs no memory of its own.  A tree of allocated nodes was rejected: the
 * layer allocates nothing, and a test wants to compare and print what was read. */
#ifndef SCENARIO_SCENARIO_SCRIPT_H
#define SCENARIO_SCENARIO_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "lull/knobs.h"

#include "base/bytes.h"
#include "base/time.h"
#include "wire/tcp_options.h"

/* docs/limits.md has these. */
#define SCENARIO_EVENTS_MAX       2048
#define SCENARIO_VALUES_MAX       16384
#define SCENARIO_TERMS_MAX        2048
#define SCENARIO_SETTINGS_MAX     64
#define SCENARIO_REQUIREMENTS_MAX 32
#define SCENARIO_DEPTH_MAX        8 /* of values inside values */
#define SCENARIO_SECONDS_MAX      1000000
#define SCENARIO_TEXT_MAX         65475 /* bytes of text in a packet, with the longest headers */

/* Where something stands in the script, from 1. */
struct scenario_place {
    uint32_t line, column;
};

enum scenario_time_kind {
    SCENARIO_AT,         /* "0.1": since the script began */
    SCENARIO_AFTER,      /* "+0.1": since the event before */
    SCENARIO_ANY_TIME,   /* "*" */
    SCENARIO_AT_RANGE,   /* "0.1~0.2" */
    SCENARIO_AFTER_RANGE /* "+0.1~+0.2" */
};

struct scenario_time {
    enum scenario_time_kind kind;
    lull_duration from, until; /* until: of a range */
};

/* An argument or a result of a call.  Parts of a list are chained by .next, from .first; index 0
 * ends a chain. */
enum scenario_value_kind {
    SCENARIO_ELLIPSIS, /* "...": whatever suits */
    SCENARIO_NUMBER,
    SCENARIO_WORD,   /* AF_INET, or sin_port = VALUE: then .first is the value */
    SCENARIO_STRING, /* without its quotes */
    SCENARIO_LIST,   /* [VALUE, ...] */
    SCENARIO_STRUCT, /* {VALUE, ...} */
    SCENARIO_APPLIED /* htons(VALUE), or msg_iov(VALUE) = VALUE: the second is in .assigned */
};

struct scenario_value {
    enum scenario_value_kind kind;
    struct scenario_place place;
    int64_t number;
    struct span text;
    uint16_t first, next, assigned;
    uint16_t or_next; /* alternatives of "A | B", from the second on */
};

struct scenario_call {
    struct span name;
    uint16_t arguments; /* the first; chained */
    uint16_t argument_count;
    uint16_t result;
    struct span error;  /* "EPIPE"; empty without one */
    struct span whole;  /* as written, up to the "=", for messages */
    bool blocks;        /* it has an end of its own */
    lull_duration ends; /* counted from where the event's time is counted from */
};

enum scenario_protocol { SCENARIO_TCP, SCENARIO_ICMP };

/* How the IP header's type of service is looked at. */
enum scenario_tos { SCENARIO_TOS_ANY, SCENARIO_TOS_ECN, SCENARIO_TOS_ECT, SCENARIO_TOS_WHOLE };

struct scenario_packet {
    enum scenario_protocol protocol;
    bool outbound;
    bool any_options, any_window;           /* not written: not compared */
    uint16_t source_port, destination_port; /* 0: those of the conversation */
    enum scenario_tos tos_kind;
    uint8_t tos, ttl; /* ttl 0: not written */

    uint8_t flags;
    uint32_t seq, ack;
    uint32_t text_bytes;
    uint16_t wnd, urgent;
    uint8_t option_bytes;
    uint8_t options[TCP_OPTIONS_BYTES_MAX]; /* as on the wire, numbers as in the script */

    uint8_t icmp_type, icmp_code;
    uint16_t icmp_mtu; /* frag_needed: of the next hop */
    bool quotes;       /* seq and text_bytes say what the error is about */
};

/* A comparison; conditions are chains of them. */
enum scenario_operator {
    SCENARIO_EQUAL,
    SCENARIO_NOT_EQUAL,
    SCENARIO_LESS,
    SCENARIO_LESS_EQUAL,
    SCENARIO_MORE,
    SCENARIO_MORE_EQUAL
};

/* What may stand on either side of an operator: a fact to be looked up when it has a name,
 * otherwise a word when it has one, otherwise a number. */
struct scenario_operand {
    struct span name;     /* "tcpi_snd_cwnd", "records", "counter" */
    struct span argument; /* of "counter NAME" */
    struct span word;     /* "TIME-WAIT", "IR-13" */
    int64_t number;       /* durations in ns */
};

struct scenario_term {
    struct scenario_place place;
    struct scenario_operand left, right;
    enum scenario_operator operator;
    bool or_else; /* "or" follows, otherwise "and"; which binds more tightly */
    bool last;    /* of one assertion; each assertion of an event must hold */
};

enum scenario_event_kind {
    SCENARIO_PACKET,
    SCENARIO_CALL,
    SCENARIO_ASSERT,     /* %{ ... }%: about TCP_INFO */
    SCENARIO_EXPECT,     /* //lull: about the stack */
    SCENARIO_KNOB,       /* //lull: knob NAME=VALUE, while the stack runs */
    SCENARIO_INCARNATION /* //lull: incarnation N */
};

struct scenario_event {
    enum scenario_event_kind kind;
    struct scenario_place place;
    struct scenario_time time;
    union {
        struct scenario_packet packet;
        struct scenario_call call;
        struct {
            uint16_t first, count; /* terms */
        } condition;
        struct {
            enum lull_knob knob;
            int64_t value;
        } turn;
        uint32_t incarnation; /* from 1 */
    };
};

/* What is said before the first event about the stack to be made. */
struct scenario_setting {
    struct scenario_place place;
    struct span name, value;
    const char *unit; /* to be read behind the value; NULL: none */
    bool ignored;     /* a command that means nothing to Lull: .name is all of it */
};

struct scenario_script {
    struct span text; /* borrowed; must outlive the script */
    lull_duration tolerance;
    uint32_t tolerance_percent; /* of the time since the event before */
    uint32_t ts_tick_us;        /* 0: TS val of what is sent is not compared */
    uint16_t mtu;
    bool strict_segments; /* packets are not put together to make the length that is written */

    uint32_t event_count, value_count, term_count, setting_count, requirement_count;
    struct scenario_event events[SCENARIO_EVENTS_MAX];
    struct scenario_value values[SCENARIO_VALUES_MAX]; /* from 1 */
    struct scenario_term terms[SCENARIO_TERMS_MAX];
    struct scenario_setting settings[SCENARIO_SETTINGS_MAX];
    struct span requirements[SCENARIO_REQUIREMENTS_MAX]; /* "CH-01" */
};

#endif
