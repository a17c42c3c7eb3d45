/* sim_judge.h - what the judge of sim_invariant.c remembers, and how he sees.
 *
 * Three memories: of each voice of the ledger what matters for the next one (sim_note); of each
 * host its tables as they were when it last settled (sim_watch); and of what a host heard last,
 * until it has settled (sim_heard).  This file only gathers; nothing is judged here. */
#ifndef SIM_SIM_JUDGE_H
#define SIM_SIM_JUDGE_H

#include "base/text.h"
#include "sim/sim_invariant.h"

#define SIM_JUDGE_ROWS_MAX    1024 /* of a host; one with more is not judged by its tables */
#define SIM_JUDGE_SOCKETS_MAX 32
#define SIM_JUDGE_TUPLES_MAX  32

/* RFC 9293 section 3.3.2, as the trace counts states. */
enum sim_state {
    SIM_CLOSED,
    SIM_LISTEN,
    SIM_SYN_SENT,
    SIM_SYN_RECEIVED,
    SIM_ESTABLISHED,
    SIM_FIN_WAIT_1,
    SIM_FIN_WAIT_2,
    SIM_CLOSE_WAIT,
    SIM_CLOSING,
    SIM_LAST_ACK,
    SIM_TIME_WAIT
};

/* What the judge knows of a voice, by its number in the ledger. */
struct sim_note {
    uint32_t first;        /* the first voice of its tuple in this life of the host */
    lull_time promised;    /* the peer's FIN is answered until then; 0: nothing is promised */
    lull_time answered_at; /* last ACK from TIME-WAIT that no FIN asked for; 0: none */
    seq32 fin_end;         /* past its FIN, if .fin */
    seq32 edge;            /* what its orphan may acknowledge at most, if .orphan */
    uint32_t stamp;        /* last TSval on the tuple; of the first voice, if .stamped */
    uint32_t heard_stamp;  /* greatest TSval of it that was heard, if .heard_stamped */
    uint32_t fin_stamp;    /* the same of segments with its FIN, if .fin_stamped */
    uint32_t echoes;       /* ACKs in a row that answered nothing but an ACK */
    bool stamped, heard_stamped, fin_stamped, fin;
    bool offers;       /* its SYN had a timestamp */
    bool closed_first; /* its FIN left before it acknowledged the other */
    bool broken;       /* its connection ended otherwise than by FINs */
    bool early;        /* it began beside a record */
    bool orphan, established;
    bool forged;          /* text that no host wrote was heard in its peer's name */
    bool failed;          /* its user was told of an error */
    bool begun_by_forger; /* it answered a SYN that nobody here sent */
    lull_time
        void_until; /* its record had to make room: old segments may reach what begins before */
};

struct sim_seen {
    struct lull_row row;
    uint32_t voice; /* of the host, in whose numbers the row is; or SIM_VOICE_NONE */
    bool spoke;     /* a segment left on the tuple since the host last settled */
};

/* The packet that a host was given last, until the host has settled. */
struct sim_heard {
    bool any, icmp;
    uint8_t icmp_type, icmp_code;
    struct lull_name local, remote; /* as the host has them */
    struct tcp_segment segment;     /* without its text, if .any and not .icmp */
    struct sim_ghost ghost;
    struct sim_seen record; /* that stood for the tuple, if .record_stands */
    bool record_stands;
    uint32_t asks;            /* voice of the host that has promised to answer this FIN */
    bool must_answer;         /* a SYN that a listener has room for */
    bool answered, fin_acked; /* a segment left on the tuple; an ACK of the peer's FIN */
    bool opened;              /* a SYN-ACK left on the tuple */
};

/* A socket that has a name by bind. */
struct sim_held {
    lull_socket socket;
    struct lull_name local;
    int64_t reuse_address, reuse_port, owner;
    bool listens, connected; /* or it was, and its user has not closed it */
};

/* A tuple for which something is to be remembered after its rows are gone. */
struct sim_due {
    struct lull_name local, remote;
    lull_time at;
    uint64_t early_ends; /* of the host's records by then */
};

struct sim_due_list {
    struct sim_due list[SIM_JUDGE_TUPLES_MAX];
    uint32_t count, next; /* full: the oldest makes room */
    uint64_t *forgotten;  /* counts those */
};

/* Counters whose growth between two looks is looked at. */
#define SIM_JUDGE_COUNTERS(COUNTER)                                                                \
    COUNTER(TW)                                                                                    \
    COUNTER(TWExpired)                                                                             \
    COUNTER(TWRecycled)                                                                            \
    COUNTER(TWRecycledActive)                                                                      \
    COUNTER(TWKilled)                                                                              \
    COUNTER(TWEvicted)                                                                             \
    COUNTER(TWAborted)                                                                             \
    COUNTER(TWLocalSkipped)                                                                        \
    COUNTER(TWSolicitedResets)                                                                     \
    COUNTER(TCPTimeWaitOverflow)                                                                   \
    COUNTER(FW2Entered)                                                                            \
    COUNTER(FW2Expired)                                                                            \
    COUNTER(FW2TimeWait)                                                                           \
    COUNTER(FW2Killed)                                                                             \
    COUNTER(FW2Evicted)                                                                            \
    COUNTER(HoldEntered)                                                                           \
    COUNTER(HoldExpired)                                                                           \
    COUNTER(HoldRecycled)                                                                          \
    COUNTER(HoldEvicted)                                                                           \
    COUNTER(HoldOverflow)                                                                          \
    COUNTER(ListenDrops)                                                                           \
    COUNTER(ListenOverflows)                                                                       \
    COUNTER(TWSynRejected)                                                                         \
    COUNTER(HoldRejected)                                                                          \
    COUNTER(TCPAbortOnMemory)                                                                      \
    COUNTER(ReplyDrops)                                                                            \
    COUNTER(TcpInSegs)                                                                             \
    COUNTER(TcpInErrs)                                                                             \
    COUNTER(TcpInCsumErrors)                                                                       \
    COUNTER(TCPChallengeACK)                                                                       \
    COUNTER(TCPTimeWaitOowAcks)

enum sim_tally {
#define COUNTER(name) SIM_TALLY_##name,
    SIM_JUDGE_COUNTERS(COUNTER)
#undef COUNTER
        SIM_TALLY_COUNT
};

struct sim_watch {
    struct sim_seen *rows, *was; /* as it is, as it was at the last look */
    uint32_t count, was_count, capacity;
    uint32_t records_were; /* at the last look but one */
    lull_time looked_at;
    uint64_t tally[SIM_TALLY_COUNT], tally_was[SIM_TALLY_COUNT];
    struct lull_usage usage;
    int64_t msl_was; /* the knob at the last look */
    struct sim_heard heard;
    lull_time quiet_until;
    uint32_t *conn_voices, conn_count; /* voice of each connection, by its number in the trace */
    uint32_t sending;                  /* connection that is about to send, or SIM_VOICE_NONE */
    uint32_t waiting;                  /* voice that entered TIME-WAIT since it last settled */
    uint32_t socket_count;
    struct sim_held sockets[SIM_JUDGE_SOCKETS_MAX];
    struct sim_due_list resets;   /* tuples it reset, and must not use */
    struct sim_due_list rejected; /* SYNs it refused because of a record */
    struct sim_due_list lost;     /* records that an attempt took away */
    uint8_t life;
    bool crowded;           /* more rows than .capacity */
    bool seen;              /* .rows are of a stack that lives */
    bool looked_twice;      /* and so are .was */
    bool stirred;           /* something has happened since */
    bool turned;            /* tw.msl_ms was turned between the last two looks */
    bool sockets_forgotten; /* there were more */
};

struct sim_judge {
    struct sim_world *world;
    struct sim_invariant_options options;
    struct sim_note *notes;
    uint32_t noted; /* voices that have a note */
    struct sim_watch watches[SIM_NODES_MAX];
    uint64_t looked[SIM_INVARIANT_COUNT + 1];
    uint64_t unjudged[SIM_SILENCE_COUNT];
    struct sim_violation kept[SIM_VIOLATIONS_MAX];
    uint64_t violations;
    bool fooled; /* a damaged segment had a valid checksum: nothing holds from then on */
    uint8_t asked[SIM_CHANGED + 1][SIM_INVARIANT_COUNT + 1]; /* by kind of event; ends with 0 */

    /* The event at hand. */
    const struct sim_event *event;
    struct sim_watch *host;
    unsigned node;
    struct lull_name local, remote; /* of the segment, as the host has them */
    const struct tcp_segment *segment;
    uint32_t voice;         /* that speaks, or SIM_VOICE_NONE */
    bool begins;            /* with its first segment */
    bool peeked[2];         /* .record, .conn were looked for */
    bool found[2];          /* and found */
    struct sim_seen row[2]; /* 0: the record, 1: the connection of the tuple, as they are now */
};

#define SIM_JUDGE_RECORD 0
#define SIM_JUDGE_CONN   1

/* For those who judge. */
#define HAS(segment, which) (((segment)->flags & (which)) == (which))
#define KNOB(j, knob)       sim_judge_knob((j), LULL_KNOB_##knob)
#define GREW(j, tally)      sim_judge_grew((j)->host, SIM_TALLY_##tally)
#define GROWS(j, tally)     sim_judge_grows((j), SIM_TALLY_##tally)

/* TSvals are compared as RFC 7323 section 5.2 says. */
static inline bool sim_judge_is_later(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

size_t sim_judge_bytes(const struct sim_plan *plan);
struct sim_judge *sim_judge_lay_out(void *memory, struct sim_world *w);

/* --- seeing ------------------------------------------------------------------------------ */

/* Begin with an event: whose it is, about which tuple.  False when nobody can be judged by it. */
bool sim_judge_begin(struct sim_judge *j, const struct sim_event *event);

/* The host's tables and counters become .rows, what .rows were becomes .was. */
void sim_judge_look(struct sim_judge *j);

/* The event was judged: it becomes a part of what is known. */
void sim_judge_learn(struct sim_judge *j);

/* The record or connection of the tuple at hand in the live tables; NULL: there is none. */
const struct sim_seen *sim_judge_find(struct sim_judge *j, unsigned what);

/* The same among rows that were seen. */
struct sim_seen *sim_judge_among(struct sim_seen *rows, uint32_t count, const struct sim_seen *like,
                                 unsigned what);

/* TIME-WAIT records that stood at the last look but one: the first for NULL, then the next; NULL at
 * the end, and where tables cannot be compared. */
const struct sim_seen *sim_judge_next_waited(const struct sim_watch *w, const struct sim_seen *was);

/* The same record as it is now, or NULL. */
const struct sim_seen *sim_judge_waits_on(const struct sim_watch *w, const struct sim_seen *was);

bool sim_judge_is_record(const struct lull_row *row);

/* A connection whose handshake is not complete. */
bool sim_judge_is_embryo(const struct lull_row *row);

/* How much a counter grew between the last two looks; since the last look. */
uint64_t sim_judge_grew(const struct sim_watch *w, enum sim_tally tally);
uint64_t sim_judge_grows(const struct sim_judge *j, enum sim_tally tally);

/* All of them, now. */
void sim_judge_count(const struct sim_judge *j, uint64_t *tally);

/* Records that ended before their time, or were not made, for whatever reason. */
uint64_t sim_judge_early_ends(const uint64_t *tally);

int64_t sim_judge_knob(const struct sim_judge *j, enum lull_knob knob);

/* The same for who listens on @local, if anybody does. */
int64_t sim_judge_listener_knob(const struct sim_judge *j, const struct lull_name *local,
                                enum lull_knob knob);

/* Twice what counts as MSL: the network's and the host's, the longer one. */
lull_duration sim_judge_two_msl(const struct sim_judge *j);

const struct sim_voice *sim_judge_voice(const struct sim_judge *j, uint32_t voice);

/* The note of the peer of @voice; NULL: there is none. */
struct sim_note *sim_judge_peer(const struct sim_judge *j, uint32_t voice);

/* The newest voice of the host on a tuple, in this life; or SIM_VOICE_NONE. */
uint32_t sim_judge_newest(const struct sim_judge *j, const struct lull_name *local,
                          const struct lull_name *remote);

/* The socket of a call, with what it may share. */
struct sim_held sim_judge_learn_holder(const struct sim_judge *j, const struct sim_call *call);

/* A tuple that is to be remembered; it is one only once.  NULL: not in the list. */
void sim_judge_remember(struct sim_due_list *list, const struct sim_due *due);
struct sim_due *sim_judge_recall(struct sim_due_list *list, const struct lull_name *local,
                                 const struct lull_name *remote);
void sim_judge_forget(struct sim_due_list *list, struct sim_due *due);

/* The names are those of one tuple; of one socket, or one of them is for any address. */
bool sim_judge_same_tuple(const struct lull_row *row, const struct lull_name *local,
                          const struct lull_name *remote);
bool sim_judge_overlap(const struct lull_name *a, const struct lull_name *b);

/* --- the event at hand ------------------------------------------------------------------- */

/* Who speaks, or whose connection it is about; NULL: nobody knows. */
const struct sim_voice *sim_judge_speaker(const struct sim_judge *j);

/* The segment that was heard on the tuple at hand, and is not answered to the end; or NULL. */
const struct sim_heard *sim_judge_heard(const struct sim_judge *j);

/* What is said from now on is about this row. */
void sim_judge_be_about(struct sim_judge *j, const struct lull_row *row);

/* The record that has the voice at hand in TIME-WAIT; NULL: it is not. */
const struct sim_seen *sim_judge_time_wait(struct sim_judge *j);

/* The peer's FIN once more, or for the first time: what the record counts to ends with it. */
bool sim_judge_is_the_fin(const struct sim_heard *h, const struct lull_row *row);

/* --- accusing ---------------------------------------------------------------------------- */

struct sim_numbers {
    int64_t n[4];
};

/* @invariant is broken on the tuple at hand.  In @text each % stands for the next number, each @
 * for the next one as an instant, in seconds since the world began. */
void sim_judge_accuse(struct sim_judge *j, unsigned invariant, const char *text,
                      struct sim_numbers numbers);

#define NUMBERS(...)            ((struct sim_numbers){{__VA_ARGS__}})
#define ACCUSE(j, n, text, ...) sim_judge_accuse((j), (n), (text), NUMBERS(__VA_ARGS__))
#define LOOKED(j, n)            ((void)(j)->looked[n]++)
#define UNJUDGED(j, why)        ((void)(j)->unjudged[SIM_SILENCE_##why]++)

#endif
