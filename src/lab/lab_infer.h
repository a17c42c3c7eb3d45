/* lab_infer.h - a capture of real traffic becomes a story (lab_story.h).
 *
 * A capture knows what passed one point, and when.  Everything else is inferred, flagged so in the
 * event, and its .why says from what: the states of both ends in the order of RFC 9293 section
 * 3.10.7, from what an end sends, which proves, and from what passes on its way to it, which only
 * makes possible; the incarnations of a tuple; what is sent again, and what was probably lost; how
 * long TIME-WAIT may stand.  Where the capture supports no judgement there is none.
 *
 * IPv4 TCP and the ICMP errors about it are read; all else is counted.  Checksums are not judged: a
 * capture at a host holds segments whose checksum the device was still to compute.
 *
 * One pass, and memory that does not grow: of a tuple the last LAB_INFER_INCARNATIONS are known.
 * Two passes, which could let a later segment decide about an earlier one, were rejected: what a
 * later segment shows is written into the earlier event, which has a number. */
#ifndef LAB_LAB_INFER_H
#define LAB_LAB_INFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/time.h"
#include "lab/lab_story.h"

#define LAB_INFER_INCARNATIONS 8
#define LAB_INFER_RECENT       256          /* packets among which a double is looked for */
#define LAB_INFER_MSL_DEFAULT  LULL_SEC(30) /* of Linux: 60 s of TIME-WAIT */

enum lab_infer_state {
    LAB_INFER_UNKNOWN,
    LAB_INFER_CLOSED,
    LAB_INFER_SYN_SENT,
    LAB_INFER_SYN_RECEIVED,
    LAB_INFER_ESTABLISHED,
    LAB_INFER_FIN_WAIT_1,
    LAB_INFER_FIN_WAIT_2,
    LAB_INFER_CLOSE_WAIT,
    LAB_INFER_CLOSING,
    LAB_INFER_LAST_ACK,
    LAB_INFER_TIME_WAIT,
    LAB_INFER_STATES
};

/* One end in one incarnation. */
struct lab_infer_end {
    enum lab_infer_state state;
    bool possible;       /* .state is not proven */
    bool numbered;       /* .first and .nxt mean something */
    bool syn_sent;       /* its SYN was seen; without, .isn may follow from the other's ACK */
    bool isn_known;      /* .isn */
    bool acks;           /* .acked */
    bool fin_sent;       /* .fin_seq */
    bool fin_acks_fin;   /* with its first FIN it had acknowledged the other's */
    bool fin_again;      /* and was not acknowledged since */
    bool knows_fin;      /* it acknowledged the other's FIN */
    bool timestamps;     /* .ts_first, .ts_value */
    bool gap;            /* .gap_start, .gap_end did not pass here */
    bool scales;         /* its SYN offered .shift */
    uint8_t shift;       /* of its windows */
    uint16_t gap_id;     /* IP identification of the packet behind the gap */
    uint32_t isn;        /* */
    uint32_t first, nxt; /* lowest number it sent, and the one behind the highest */
    uint32_t acked;      /* the highest it has acknowledged */
    uint32_t wnd;        /* as last advertised, not scaled */
    uint32_t fin_seq;    /* number of its FIN */
    uint32_t ts_first;   /* TSval of the first segment with one */
    uint32_t ts_value;   /* the highest */
    uint32_t gap_start, gap_end;
    lull_time gap_at;
    uint32_t ack_event; /* the last event that carried .acked */
    uint32_t settled;   /* its events before this one have their fate */
    lull_time until;    /* of TIME-WAIT */
    uint32_t restarts;
};

struct lab_infer_incarnation {
    uint16_t number; /* from 1 */
    bool from_middle;
    bool rtt_known;
    lull_duration rtt; /* of the handshake, as seen here */
    lull_time began, last;
    struct lab_infer_end end[2];
};

/* One conversation. */
struct lab_infer_track {
    uint16_t newest;      /* incarnation; 0: none yet */
    uint16_t standing[2]; /* in which incarnation an end stands */
    uint32_t same_syn;    /* a SYN with the ISN of an incarnation that was over; LAB_NONE */
    /* The SYN of an end that asks for a new incarnation while the other may stand in TIME-WAIT. */
    uint32_t asking; /* event; LAB_NONE */
    bool refused;    /* it was told of */
    struct lab_infer_incarnation incarnations[LAB_INFER_INCARNATIONS];
};

struct lab_infer_recent {
    lull_time at;
    uint64_t digest; /* of the packet without what routers change */
    uint32_t event, interface;
    uint16_t identification;
    uint8_t hops;
};

struct lab_infer {
    struct lab_story *story; /* borrowed */
    struct lab_infer_track tracks[LAB_CONVERSATIONS_MAX];
    struct lab_infer_recent recent[LAB_INFER_RECENT];
    struct lab_event spare; /* where an event is written that the story has no room for */
    uint32_t recent_count, interface, next_letter;
    lull_time now, earliest; /* the first end of a TIME-WAIT */

    /* Packets. */
    uint32_t packets;
    uint32_t ignored;     /* neither TCP over IPv4 nor ICMP about it */
    uint32_t fragments;   /* ignored too */
    uint32_t broken;      /* their headers contradict themselves, or are cut */
    uint32_t cut;         /* kept in part, and read */
    uint32_t seen_twice;  /* on another interface */
    uint32_t doubles;     /* made by the network */
    uint32_t left_out;    /* of conversations that the story has no room for */
    uint32_t missed;      /* times that something was acknowledged which never passed here */
    uint32_t turned_back; /* times that the clock of the capture went back */
};

/* Starts with an empty @story, which is borrowed until the end; its msl, where it is 0, becomes
 * LAB_INFER_MSL_DEFAULT. */
void lab_infer_init(struct lab_infer *infer, struct lab_story *story);

/* The packets that follow were seen on this interface; 0 unless told. */
void lab_infer_on(struct lab_infer *infer, uint32_t interface);

/* A frame without an IP packet passed. */
void lab_infer_ignore(struct lab_infer *infer);

/* @packet, from the IP header on, passed at @at, ns since 1970.  It may be cut, of any length, and
 * anything at all. */
void lab_infer_packet(struct lab_infer *infer, struct span packet, lull_time at);

/* What can be said at the end, and the story's verdict and notes. */
void lab_infer_end(struct lab_infer *infer);

#endif
