/* sim_judge_rules.h - what rules.md says of names, incarnations and records. */
#ifndef SIM_SIM_JUDGE_RULES_H
#define SIM_SIM_JUDGE_RULES_H

#include "sim/sim_judge.h"

/* Who wrote what the call at hand has read, from its @fits-th octet on, and as which octet; or
 * SIM_VOICE_NONE. */
uint32_t sim_judge_rules_writer(const struct sim_judge *j, const struct sim_call *call, size_t fits,
                                uint64_t *place);

/* The record of an incarnation had to make room at either end, so its segments may reach the next
 * (RL-01: counted, and never silent), if that began before the record would have ended; @voice is
 * of the one, @later of the other. */
bool sim_judge_rules_is_given_up(struct sim_judge *j, uint32_t voice,
                                 const struct sim_voice *later);

/* That is so of an incarnation before that of @v, on its tuple. */
bool sim_judge_rules_is_reached(struct sim_judge *j, const struct sim_voice *v);

/* What was heard is of another incarnation than @v, and nothing was given up.  A forged segment has
 * no incarnation, and neither has whoever answers a forged SYN. */
bool sim_judge_rules_is_foreign(struct sim_judge *j, const struct sim_heard *h,
                                const struct sim_voice *v);

/* The segment at hand must have a timestamp. */
bool sim_judge_rules_is_stamped(const struct sim_judge *j);

/* What is traced is the end of *@row by a reset that has not the number expected there. */
bool sim_judge_rules_is_guess(const struct sim_judge *j, const struct sim_seen **row);

/* A reset of an old incarnation is looked at: none here began beside a record. */
bool sim_judge_rules_resets_count(const struct sim_judge *j);

/* The segment that was heard may end the attempt at hand, whichever incarnation it is of. */
bool sim_judge_rules_ends_lawfully(const struct sim_judge *j, const struct sim_heard *h);

/* A repeated FIN may go without an answer. */
bool sim_judge_rules_may_be_silent(struct sim_judge *j);

/* The handshake that replaces a record of @voice, on the tuple at hand, is complete. */
bool sim_judge_rules_was_replaced(const struct sim_judge *j, uint32_t voice);

/* A record that an attempt took away is not back, on the tuple at hand. */
bool sim_judge_rules_is_missing(const struct sim_judge *j, const struct sim_due *due);

/* Until when a record was promised; and that is now, or was. */
lull_time sim_judge_rules_promise(const struct sim_judge *j, const struct sim_seen *was);
bool sim_judge_rules_is_due(const struct sim_judge *j, const struct sim_seen *was);

/* Ways out that a host has counted since the last look; each excuses one record. */
struct sim_excuses {
    uint64_t evicted, killed, aborted;
};
struct sim_excuses sim_judge_rules_excuses(const struct sim_judge *j);
bool sim_judge_rules_excuse(struct sim_judge *j, const struct sim_seen *was, struct sim_excuses *e);

/* Two rows of one tuple. */
bool sim_judge_rules_may_stand_beside(const struct lull_row *a, const struct lull_row *b);

/* The greatest number of the incarnation that a record remembers. */
seq32 sim_judge_rules_greatest(const struct sim_judge *j, const struct sim_seen *record);

/* The end of a record may move to @to. */
bool sim_judge_rules_may_change(const struct sim_judge *j, const struct sim_seen *was,
                                lull_time to);

/* Records of a kind, enum lull_row_kind. */
struct sim_balance {
    uint64_t entered, left, standing;
};
struct sim_balance sim_judge_rules_balance(const struct sim_watch *w, unsigned kind);

/* What begins with the segment at hand answers a SYN that a record must have judged. */
bool sim_judge_rules_replaces(const struct sim_judge *j, const struct sim_heard *h);

/* The SYN that was heard may open an incarnation beside the record that stood. */
bool sim_judge_rules_may_replace(struct sim_judge *j, const struct sim_heard *h);

bool sim_judge_rules_same_socket(lull_socket a, lull_socket b);

/* @newer asks for a name, @older has one. */
bool sim_judge_rules_may_double(const struct sim_judge *j, const struct sim_held *newer,
                                const struct sim_held *older);

/* Two that listen exclude each other, whoever came first; false where their options are unknown. */
bool sim_judge_rules_exclude(const struct sim_judge *j, const struct lull_row *a,
                             const struct lull_row *b);

/* Somebody holds what @asks asks for. */
bool sim_judge_rules_is_in_the_way(struct sim_judge *j, const struct sim_held *asks);

/* The ICMP error that was heard is a hard one. */
bool sim_judge_rules_is_hard(const struct sim_heard *h);

/* What was heard was dropped, in a way that is counted. */
bool sim_judge_rules_was_dropped(const struct sim_judge *j);

/* The SYN that was heard, if it has to be answered with one; NULL: it has not. */
const struct sim_heard *sim_judge_rules_welcome(struct sim_judge *j);

/* The reset at hand has a number that makes it acceptable. */
bool sim_judge_rules_reset_fits(const struct sim_judge *j);

/* The segment at hand acknowledges more than the peer's FIN. */
bool sim_judge_rules_is_past(struct sim_judge *j, const struct sim_note *peer);

/* The users of a connection have closed it, at every end that has one and a host that runs. */
bool sim_judge_rules_both_closed(const struct sim_judge *j, uint32_t voice);

/* Nobody needs it any more. */
bool sim_judge_rules_is_left(const struct sim_judge *j, const struct sim_seen *seen);

/* The tuple that the SYN at hand uses was reset; NULL: it was not.  And it may be used again. */
const struct sim_due *sim_judge_rules_held(struct sim_judge *j);
bool sim_judge_rules_is_let_go(const struct sim_judge *j, const struct sim_due *due);

#endif
