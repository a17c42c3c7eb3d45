/* tcp_timewait.h - how records in TIME-WAIT and FIN-WAIT-2 behave (RFC 9293 sections 3.4.1,
 * 3.6.1, 3.10.7.4).
 *
 * On entry to TIME-WAIT a connection is replaced by a record of 48 bytes and its TCB and
 * buffers are freed.  An orphan in FIN-WAIT-2 shrinks the same way. */
#ifndef TCP_TCP_TIMEWAIT_H
#define TCP_TCP_TIMEWAIT_H

#include "tcp/tcp_record.h"
#include "tcp/tcp_reuse.h"

/* What an arriving segment calls for. */
enum tcp_timewait_answer {
    TCP_TIMEWAIT_DROP,
    TCP_TIMEWAIT_ACK,         /* tcp_timewait_ack() when it can be sent */
    TCP_TIMEWAIT_JUDGE_SYN,   /* the owner decides with tcp_reuse_judge() */
    TCP_TIMEWAIT_JUDGE_RESET, /* and with tcp_timewait_reset() */
    TCP_TIMEWAIT_DELETE       /* the record is void; env->reply may hold a reset */
};

/* A record for @c, which is in TIME-WAIT or FIN-WAIT-2; its clock starts now.
 * Returns TCP_RECORD_NONE when the table is full: evict first. */
uint32_t tcp_timewait_enter(const struct tcp_env *env, struct tcp_records *t,
                            const struct tcp_conn *c);

/* What a record keeps of @c. */
void tcp_timewait_remember(const struct tcp_env *env, const struct tcp_conn *c,
                           struct tcp_record *r);

/* A segment for the record arrives; group SA of docs/rfc-map.md, in its order.  A FIN that
 * ends FIN-WAIT-2 makes the record one of TIME-WAIT. */
enum tcp_timewait_answer tcp_timewait_arrive(struct tcp_env *env, struct tcp_records *t,
                                             uint32_t index, const struct tcp_segment *seg);

/* The reset @seg, under the knob tw.rst as it holds for this tuple: DROP, ACK or DELETE. */
enum tcp_timewait_answer tcp_timewait_reset(struct tcp_env *env, struct tcp_records *t,
                                            uint32_t index, const struct tcp_segment *seg,
                                            enum lull_tw_rst rule);

/* A SYN that may not replace the record, under tw.syn_reject: DROP or ACK. */
enum tcp_timewait_answer tcp_timewait_reject(struct tcp_env *env, struct tcp_records *t,
                                             uint32_t index, enum lull_tw_syn_reject rule);

/* The ACK of a record, as it leaves: the record's clock starts again at env->now, because
 * 2 MSL count from the last ACK that was sent, not from the transition. */
void tcp_timewait_ack(struct tcp_env *env, struct tcp_records *t, uint32_t index,
                      struct tcp_segment *seg);

/* The ACK that a record of the tuple like @r sends, where there is none. */
void tcp_timewait_write(const struct tcp_env *env, const struct tcp_record *r,
                        const struct tuple *tuple, struct tcp_segment *seg);

/* Extended over and over: whoever asks for the record's answers has had enough of them. */
bool tcp_timewait_is_worn_out(const struct tcp_env *env, const struct tcp_records *t,
                              uint32_t index);

/* @attempt, whose handshake might have replaced the record, failed: its own time goes on. */
void tcp_timewait_restored(const struct tcp_env *env, struct tcp_records *t, uint32_t index,
                           const struct tcp_conn *attempt);

/* What the reuse decision needs of the record. */
struct tcp_reuse_old tcp_timewait_old(const struct tcp_records *t, uint32_t index);

/* Floors for the next incarnation's ISS and first TSval (RFC 9293 MAY-2, RFC 7323
 * section 5.4).  False when no TSval above the old ones can be promised yet. */
bool tcp_timewait_floor(const struct tcp_env *env, const struct tcp_records *t, uint32_t index,
                        struct tcp_conn_plan *plan);

#endif
