/* lab_story.h - a run as a reader sees it: who said what, what became of it, and why.
 *
 * The one model behind every picture.  A simulated world is recorded into it (lab_record.h), a
 * capture of real traffic is read into it (lab_infer.h), and the renderers know nothing else.
 *
 * Events stand in the order in which they happened.  A segment is one event, at the instant it
 * was sent; what became of it is filled in later.  When it arrives so late that a reader must be
 * told, or as a double, the arrival is an event of its own, which names the sending.
 *
 * Everything lies in memory of the caller's, and nothing is a pointer to it but .events and .bytes:
 * events name each other by number.  Where there is no room left, events are counted and not
 * kept. */
#ifndef LAB_LAB_STORY_H
#define LAB_LAB_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lull/stack.h"

#include "base/bytes.h"

#define LAB_PARTIES_MAX       12
#define LAB_CONVERSATIONS_MAX 32
#define LAB_NONE              UINT32_MAX /* no event */

/* A host or a router. */
struct lab_party {
    char name[12]; /* "C", "S", "R1" */
    struct lull_address address;
    bool router;
};

/* The two ends of one tuple, whatever incarnations it has; in pictures the first is left.  The
 * left one is who opened first. */
struct lab_conversation {
    uint8_t party[2];
    struct lull_name name[2];
    uint16_t incarnations; /* how many there were */
};

enum lab_kind {
    LAB_SEGMENT,   /* a party sent a segment */
    LAB_ARRIVAL,   /* one that is late, or a double, arrives; .of names the sending */
    LAB_CALL,      /* a program called, and got an answer */
    LAB_RECORD,    /* a record was entered, restarted, or left */
    LAB_REFUSAL,   /* a call or a SYN was refused */
    LAB_ICMP,      /* a party sent an ICMP message */
    LAB_NETWORK,   /* a route changed, a link was cut or healed, a hop limit ran out */
    LAB_HOST,      /* a host crashed, started again, or was suspended */
    LAB_VIOLATION, /* an invariant does not hold; .rule names it */
    LAB_NOTE
};

/* What became of a segment. */
enum lab_fate {
    LAB_FATE_UNKNOWN, /* a capture does not say */
    LAB_FATE_ARRIVED,
    LAB_FATE_LOST,
    LAB_FATE_DAMAGED, /* it arrived, and its checksum was wrong */
    LAB_FATE_EXPIRED, /* its hop limit ran out */
    LAB_FATE_UNDERWAY /* the story ends before it arrives */
};

/* Facts of a capture that nobody saw. */
enum lab_inferred {
    LAB_INFERRED_STATE = 1,      /* .side[] */
    LAB_INFERRED_TIMER = 2,      /* .side[].until */
    LAB_INFERRED_FATE = 4,       /* .fate, .arrived_at */
    LAB_INFERRED_REPETITION = 8, /* .repeats, .of */
    LAB_INFERRED_INCARNATION = 16
};

/* How one end of the conversation stands after the event.  Of a segment: its sender when it is
 * sent, its receiver when it has arrived, unless an event of its own tells of the arrival. */
struct lab_side {
    const char *state; /* "ESTABLISHED"; static; NULL: nobody knows */
    bool possible;     /* of a capture: it may be so, and nothing that was seen proves it */
    enum lull_row_timer timer;
    lull_time until;      /* when .timer ends; LULL_TIME_NEVER: none */
    uint32_t restarts;    /* of a record's wait */
    uint16_t incarnation; /* of what stands there, from 1; 0: nothing does */
};

struct lab_segment {
    uint32_t seq, ack, wnd; /* wnd as on the wire */
    uint32_t text_bytes;
    uint32_t ts_value, ts_echo;
    uint8_t flags;   /* of the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
    uint8_t options; /* TCP_OPTION_* of wire/tcp_segment.h */
    uint8_t hops;    /* the hop limit it was sent with */
};

struct lab_event {
    lull_time at;
    enum lab_kind kind;
    uint8_t party;           /* who sent, called, crashed; of an arrival, who received */
    uint8_t conversation;    /* LAB_CONVERSATIONS_MAX: of none */
    uint8_t inferred;        /* enum lab_inferred */
    uint16_t incarnation;    /* of the segment, call or record, from 1; 0: of none */
    struct lab_side side[2]; /* how the conversation's ends stand afterwards */

    /* Of a segment, and again of its arrival. */
    struct lab_segment segment;
    enum lab_fate fate;
    lull_time arrived_at; /* LULL_TIME_NEVER: it did not */
    uint32_t repeats;     /* the event that first sent the same octets or flags; LAB_NONE */
    uint32_t of;          /* of an arrival: the sending; LAB_NONE */
    bool is_double;       /* the network made a second one */
    uint32_t frame,
        frame_bytes; /* in .bytes: an IP packet, as sent, or as it came; 0 bytes: none */

    char what[64]; /* "close()", "connect() = EADDRINUSE", "route of R1 changed"; may be empty */
    char rule[16]; /* "SA-08", "INV-01", "RFC 9293 3.5"; may be empty */
    char why[320]; /* a sentence with the numbers compared; may be empty */
};

struct lab_story {
    char name[24]; /* "SC-05", "seed 4711", a file's name */
    char title[96];
    const char *look_for;     /* a paragraph, static; NULL: none */
    const char *rules;        /* "TT-03 SA-08", static; NULL: none */
    bool captured;            /* real traffic: what is inferred is said to be */
    lull_time start;          /* pictures count from here; of a capture, ns since 1970 */
    lull_duration msl;        /* that the hosts go by */
    lull_duration late_after; /* who travels longer has an arrival of its own */

    bool judged, as_expected;
    char verdict[160]; /* one line */

    struct lab_party parties[LAB_PARTIES_MAX];
    unsigned party_count;
    struct lab_conversation conversations[LAB_CONVERSATIONS_MAX];
    unsigned conversation_count;

    struct lab_event *events; /* borrowed */
    uint32_t event_count, event_capacity;
    uint32_t events_dropped; /* there was no room for so many */
    uint8_t *bytes;          /* borrowed: the packets, one behind the other */
    uint32_t bytes_used, bytes_capacity;
};

/* What a story lies in; borrowed as long as it is used. */
struct lab_memory {
    struct lab_event *events;
    uint32_t event_capacity;
    uint8_t *bytes;
    uint32_t bytes_capacity;
};

/* An empty story. */
void lab_story_init(struct lab_story *story, const struct lab_memory *memory);

/* A new event at the end, at @at, cleared, of no conversation; NULL when there is no room. */
struct lab_event *lab_story_add(struct lab_story *story, enum lab_kind kind, lull_time at);

/* The number of @event, which is one of @story. */
uint32_t lab_story_number(const struct lab_story *story, const struct lab_event *event);

/* Keep a packet's bytes with @event.  Without room it has none. */
void lab_story_keep_packet(struct lab_story *story, struct lab_event *event, struct span packet);

struct span lab_story_packet(const struct lab_story *story, const struct lab_event *event);

/* The conversation between these two names, in either order, made if it is new; its number, or
 * LAB_CONVERSATIONS_MAX when there are too many. */
unsigned lab_story_conversation(struct lab_story *story, const struct lull_name *left,
                                const struct lull_name *right);

/* 0 when @party of the event stands left in its conversation, 1 when right; 0 for who is neither.
 */
unsigned lab_story_side(const struct lab_story *story, const struct lab_event *event);

#endif
