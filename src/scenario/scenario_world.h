/* scenario_world.h - what a script is played in: one stack, a clock that only the player moves,
 * the packets the stack has sent and nobody has looked at yet, and the descriptors of the script.
 *
 * The stack is alone.  Its peer is the script: what "arrives" is built here, and what is sent is
 * only compared. */
#ifndef SCENARIO_SCENARIO_WORLD_H
#define SCENARIO_SCENARIO_WORLD_H

#include "lull/socket.h"

#include "base/text.h"
#include "scenario/scenario.h"
#include "scenario/scenario_script.h"

/* docs/limits.md has these. */
#define SCENARIO_SENT_MAX        1024
#define SCENARIO_DESCRIPTORS_MAX 64
#define SCENARIO_FLOWS_MAX       64
#define SCENARIO_TIMESTAMPS_MAX  64
#define SCENARIO_REMARK_BYTES    128

/* packetdrill's addresses and ports. */
#define SCENARIO_LOCAL_ADDRESS   0xc0a80001u /* 192.168.0.1 */
#define SCENARIO_GATEWAY_ADDRESS 0xc0a80002u /* 192.168.0.2 */
#define SCENARIO_PREFIX_BITS     16
#define SCENARIO_REMOTE_ADDRESS  0xc0000201u /* 192.0.2.1 */
#define SCENARIO_PORT            8080        /* of our listener, and of who is connected to */
#define SCENARIO_REMOTE_PORT     40000       /* of the first who connects to us */

#define SCENARIO_PACKET_BYTES_MAX 65535

/* A packet as it was sent: raw numbers, ports filled in. */
struct scenario_sent {
    lull_time at;
    struct scenario_packet packet;
    bool bad_checksum;
};

/* One incarnation of a connection: where its numbers begin on the wire, and where in the script.
 * scenario_flow.h explains. */
struct scenario_flow {
    uint16_t local_port, remote_port;
    bool knows_local, knows_remote;
    bool remote_settled; /* the stack has acknowledged the remote ISN */
    uint32_t local_isn, remote_isn;
    uint32_t script_isn; /* what the script calls local_isn in a SYN */
    uint32_t timestamps; /* pairs below; the oldest makes room */
    struct {
        uint32_t script, wire;
    } timestamp[SCENARIO_TIMESTAMPS_MAX];
    uint32_t first_script, first_wire; /* the first pair there was */
    bool stamped;                      /* we have sent a TSval, and these are on the wire: */
    uint32_t first_stamp, last_stamp;
};

struct scenario_descriptor {
    lull_socket socket;
    bool open, nonblocking;
    uint32_t age; /* counts up; the newest is asked for TCP_INFO */
};

/* A system call under way. */
struct scenario_calling {
    const struct scenario_event *event; /* NULL: no call is under way */
    lull_time started, ends;            /* .ends: when it should return, if it sleeps */
    bool begun;                         /* connect: the attempt is under way */
    int64_t done;                       /* bytes so far */
    int64_t result;
    const char *error;                  /* "EPIPE"; NULL without one */
    char remark[SCENARIO_REMARK_BYTES]; /* what else is not as the script says; "": nothing */
    lull_time wakes; /* when it is to be tried again though nothing has happened */
};

/* What a try to carry out a call came to. */
enum scenario_step {
    SCENARIO_DONE,   /* .result and .error are filled in */
    SCENARIO_SLEEPS, /* it would wait; to be tried again when something has happened */
    SCENARIO_BAD     /* its arguments make no sense here; the failure is noted */
};

struct scenario_world {
    const struct scenario_script *script;
    struct scenario_report *report;
    const struct scenario_listener *listener; /* may be NULL */
    struct lull_stack *stack;
    lull_time start, now;        /* of the script; the present */
    lull_time event_at;          /* when the event before was, to count from */
    lull_duration tolerance;     /* of the event that happens */
    struct scenario_place place; /* of it */
    bool failed, placed;         /* .placed: the report has a line of its own */
    struct text why;             /* into the report, or after the first failure into .nowhere */
    char nowhere[16];

    struct scenario_calling calling;
    struct scenario_descriptor descriptors[SCENARIO_DESCRIPTORS_MAX];
    uint32_t descriptor_age;

    struct scenario_flow flows[SCENARIO_FLOWS_MAX];
    uint32_t flow_count, current; /* .current: index, meaningful when there are flows */
    uint32_t offered_seq;         /* of the last SYN that arrived */

    struct scenario_sent sent[SCENARIO_SENT_MAX]; /* a ring */
    uint32_t sent_first, sent_count;

    uint8_t buffer[SCENARIO_PACKET_BYTES_MAX + LULL_FRAME_HEADER_BYTES];
};

#endif
