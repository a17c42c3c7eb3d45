/* knobs.h - where specifications and stacks disagree, the choice is yours.
 *
 * One table describes every knob: name, unit, range, the requirement it serves, what it
 * breaks, and its value in each profile.  `lull knobs` prints it, docs/knobs.md is made from
 * it.  Values are whole numbers; a knob of words counts them from 0 in the order of its
 * choices; a knob with a scale of 10 is written with one decimal.
 *
 *     struct lull_stack_config config;
 *     lull_stack_config_init(&config);                              the default profile
 *     lull_knobs_init(&config.knobs, LULL_PROFILE_LINUX);           or another
 *     lull_knobs_assign(&config.knobs, "tw.rst=rfc9293");           by name, or
 *     config.knobs.value[LULL_KNOB_tw_msl_ms] = 30000;              by number
 *     lull_stack_set_knob(stack, LULL_KNOB_tw_msl_ms, 15000);       while it runs */
#ifndef LULL_KNOBS_H
#define LULL_KNOBS_H

#include <stddef.h>
#include <stdint.h>

#include "lull/api.h"
#include "lull/error.h"

LULL_BEGIN_DECLARATIONS

/* The name has the same words, divided by a dot: tw.msl_ms. */
enum lull_knob {
    LULL_KNOB_tw_msl_ms,
    LULL_KNOB_tw_rto_floor,
    LULL_KNOB_tw_restart_on,
    LULL_KNOB_tw_max_extend,
    LULL_KNOB_tw_rst,
    LULL_KNOB_tw_solicited_ms,
    LULL_KNOB_tw_syn_policy,
    LULL_KNOB_tw_seq_cmp,
    LULL_KNOB_tw_syn_reject,
    LULL_KNOB_tw_drop_synfin,
    LULL_KNOB_tw_oow_ack_ms,
    LULL_KNOB_tw_dupfin_min_ms,
    LULL_KNOB_tw_reuse_active,
    LULL_KNOB_tw_reuse_delay_ms,
    LULL_KNOB_tw_active_strict,
    LULL_KNOB_tw_max,
    LULL_KNOB_tw_overflow,
    LULL_KNOB_tw_nolocal,
    LULL_KNOB_tw_abort_deletes,
    LULL_KNOB_ts_tolerate_missing,
    LULL_KNOB_ts_lease_ms,
    LULL_KNOB_isn_tick_ns,
    LULL_KNOB_isn_reuse_bump,
    LULL_KNOB_isn_rekey,
    LULL_KNOB_abort_hold,
    LULL_KNOB_hold_persist,
    LULL_KNOB_connect_halfopen,
    LULL_KNOB_close_rst_on_unread,
    LULL_KNOB_linger_timeout_action,
    LULL_KNOB_fw2_orphan_ms,
    LULL_KNOB_orphan_max,
    LULL_KNOB_orphan_retries,
    LULL_KNOB_uto_ms,
    LULL_KNOB_bind_strict,
    LULL_KNOB_bind_tw_require_both,
    LULL_KNOB_bind_over_connected,
    LULL_KNOB_bind_relaxed_double,
    LULL_KNOB_bind_specific_over_wildcard,
    LULL_KNOB_bind_no_port,
    LULL_KNOB_ipv6_v6only_default,
    LULL_KNOB_ports_ephemeral_first,
    LULL_KNOB_ports_ephemeral_last,
    LULL_KNOB_restart_mode,
    LULL_KNOB_restart_fallback,
    LULL_KNOB_restart_quarantine,
    LULL_KNOB_quiet_ms,
    LULL_KNOB_quiet_use_lease,
    LULL_KNOB_quiet_per_address,
    LULL_KNOB_persist_durability,
    LULL_KNOB_persist_live,
    LULL_KNOB_persist_expiry,
    LULL_KNOB_persist_seq_lease,
    LULL_KNOB_challenge_host_limit,
    LULL_KNOB_icmp_hard_abort_sync,
    LULL_KNOB_trace_tw,
    LULL_KNOB_COUNT
};

/* Columns of the table.  The compatibility profiles knowingly break some invariants. */
enum lull_profile {
    LULL_PROFILE_DEFAULT,
    LULL_PROFILE_STRICT, /* RFC 9293's own times, nothing reused early */
    LULL_PROFILE_LINUX,
    LULL_PROFILE_BSD, /* FreeBSD */
    LULL_PROFILE_COUNT
};

/* Values of the knobs of words, in the order of their choices. */
enum lull_tw_restart_on { LULL_TW_RESTART_ACK_SENT, LULL_TW_RESTART_FIN };
enum lull_tw_rst { LULL_TW_RST_IGNORE, LULL_TW_RST_RFC9293, LULL_TW_RST_SOLICITED };
enum lull_tw_syn_policy {
    LULL_TW_SYN_RFC6191,
    LULL_TW_SYN_SEQ_OR_TS,
    LULL_TW_SYN_SEQ_ONLY,
    LULL_TW_SYN_NEVER
};
enum lull_tw_seq_cmp { LULL_TW_SEQ_GE_RCVNXT, LULL_TW_SEQ_GT };
enum lull_tw_syn_reject { LULL_TW_SYN_REJECT_DROP, LULL_TW_SYN_REJECT_ACK };
enum lull_tw_reuse_active { LULL_TW_REUSE_NEVER, LULL_TW_REUSE_ANY, LULL_TW_REUSE_LOOPBACK };
enum lull_tw_overflow { LULL_TW_OVERFLOW_EVICT_OLDEST, LULL_TW_OVERFLOW_DROP_NEW };
enum lull_connect_halfopen {
    LULL_HALFOPEN_HOLD_UNLESS_TS,
    LULL_HALFOPEN_HOLD,
    LULL_HALFOPEN_RFC9293
};
enum lull_linger_timeout_action { LULL_LINGER_BACKGROUND, LULL_LINGER_RESET };
enum lull_restart_mode { LULL_RESTART_OFF, LULL_RESTART_QUIET };

struct lull_knobs {
    int64_t value[LULL_KNOB_COUNT]; /* by enum lull_knob */
};

/* Where a knob can be set. */
enum lull_knob_scope {
    LULL_KNOB_AT_CREATION,  /* in struct lull_stack_config only */
    LULL_KNOB_RUN_TIME,     /* also by lull_stack_set_knob() */
    LULL_KNOB_PER_LISTENER, /* also by lull_socket_set_knob(), for a listener and what it accepts */
    LULL_KNOB_FIXED         /* nowhere: what it governs does not exist yet */
};

struct lull_knob_info {
    const char *name;
    const char *unit;    /* "ms", "records", ""; for a knob of words its choices, "a|b|c" */
    const char *serves;  /* requirements, "TT-01 D-01" */
    const char *effect;  /* what it does */
    const char *breaks;  /* what is lost away from the default; "" when nothing is */
    int64_t least, most; /* range, inclusive */
    int64_t value[LULL_PROFILE_COUNT];
    enum lull_knob_scope scope;
    uint8_t scale;       /* 10: values count tenths; else 1 */
    uint8_t is_of_words; /* unit holds choices */
};

/* NULL when @p knob is none.  Static. */
LULL_API const struct lull_knob_info *lull_knob_info(enum lull_knob knob);

/* The knob of that name, or LULL_EINVAL (negative) when there is none. */
LULL_API int lull_knob_find(const char *name);

/* "default", "strict", "linux", "bsd"; LULL_EINVAL (negative) when there is none. */
LULL_API int lull_profile_find(const char *name);
LULL_API const char *lull_profile_name(enum lull_profile profile);

/* Every knob as the profile has it. */
LULL_API void lull_knobs_init(struct lull_knobs *knobs, enum lull_profile profile);

/* LULL_OK; LULL_EINVAL out of range; LULL_EOPNOTSUPP for another value of a fixed knob. */
LULL_API enum lull_error lull_knobs_set(struct lull_knobs *knobs, enum lull_knob knob,
                                        int64_t value);

/**
 * Set one knob from text, "tw.rst=rfc9293".
 *
 * A time in ms may also be written with a unit: 500ms, 30s, 2m, 1h.
 *
 * @return  LULL_OK; LULL_EINVAL when the name is none, the value does not parse or is out
 *          of range; LULL_EOPNOTSUPP as lull_knobs_set().  Nothing is changed then
 */
LULL_API enum lull_error lull_knobs_assign(struct lull_knobs *knobs, const char *assignment);

/* Every value within its range, and the ephemeral range in order? */
LULL_API int lull_knobs_are_valid(const struct lull_knobs *knobs);

/**
 * A value as people write it: "30000", "3.5", "rfc9293".
 *
 * @param size  bytes at @p text, closing NUL included; the text is cut when it does not fit
 * @return      characters written, without the NUL
 */
LULL_API size_t lull_knob_text(enum lull_knob knob, int64_t value, char *text, size_t size);

LULL_END_DECLARATIONS

#endif
