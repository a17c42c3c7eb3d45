/* knob_table.c - every knob: what it serves, what it breaks, what each profile sets.
 *
 * The columns of .value are the default, strict, linux and bsd profiles.  The last two set what
 * those systems do where they differ; that makes them break the invariants named. */
#include "base/knob_table.h"

/* clang-format off */
const struct lull_knob_info knob_table[LULL_KNOB_COUNT] = {
    [LULL_KNOB_tw_msl_ms] = {
        .name = "tw.msl_ms",
        .unit = "ms",
        .serves = "TT-01 TT-09 D-01",
        .effect = "maximum segment lifetime; TIME-WAIT lasts two of them",
        .breaks = "shorter than the network's real one: old segments reach a "
                  "new incarnation (INV-01)",
        .least = 1, .most = 3600000, .scope = LULL_KNOB_RUN_TIME,
        .value = {30000, 120000, 30000, 30000},
    },
    [LULL_KNOB_tw_rto_floor] = {
        .name = "tw.rto_floor",
        .unit = "RTO",
        .serves = "TT-02",
        .effect = "TIME-WAIT lasts at least so many retransmission timeouts",
        .breaks = "smaller: the FIN of a very slow peer is answered by a "
                  "reset (INV-04)",
        .least = 0, .most = 100, .scale = 10, .scope = LULL_KNOB_RUN_TIME,
        .value = {35, 35, 35, 0},
    },
    [LULL_KNOB_tw_restart_on] = {
        .name = "tw.restart_on",
        .unit = "ack_sent|fin",
        .serves = "TT-04 D-03",
        .effect = "what starts the 2 MSL again: every ACK that is sent, or "
                  "only the repeated FIN",
        .breaks = "fin: the peer's last FIN can outlive the record (INV-15)",
        .least = 0, .most = 1, .is_of_words = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {LULL_TW_RESTART_ACK_SENT, LULL_TW_RESTART_ACK_SENT,
                  LULL_TW_RESTART_ACK_SENT, LULL_TW_RESTART_FIN},
    },
    [LULL_KNOB_tw_max_extend] = {
        .name = "tw.max_extend",
        .unit = "lives",
        .serves = "TT-06",
        .effect = "after so many 2 MSL only the repeated FIN is answered; 0 "
                  "is no bound",
        .breaks = "0: whoever sends often enough keeps a record for ever",
        .least = 0, .most = 64, .scope = LULL_KNOB_RUN_TIME,
        .value = {8, 8, 0, 0},
    },
    [LULL_KNOB_tw_rst] = {
        .name = "tw.rst",
        .unit = "ignore|rfc9293|solicited",
        .serves = "SA-02 RL-08 D-02",
        .effect = "a reset in TIME-WAIT: ignored (RFC 1337 F1); obeyed when "
                  "exact (RFC 9293); or, when exact and the answer to our ACK "
                  "of a SYN, it shortens the wait to one MSL: for clients that "
                  "come back on the same tuple, with tw.syn_reject=ack",
        .breaks = "rfc9293: TIME-WAIT assassination, hazards H1 to H3 of RFC "
                  "1337 (INV-05); solicited: a reset forged within "
                  "tw.solicited_ms with the exact number halves the wait",
        .least = 0, .most = 2, .is_of_words = 1, .scope = LULL_KNOB_PER_LISTENER,
        .value = {LULL_TW_RST_IGNORE, LULL_TW_RST_IGNORE,
                  LULL_TW_RST_RFC9293, LULL_TW_RST_IGNORE},
    },
    [LULL_KNOB_tw_solicited_ms] = {
        .name = "tw.solicited_ms",
        .unit = "ms",
        .serves = "SA-02",
        .effect = "for how long after our ACK of a SYN a reset counts as its "
                  "answer (tw.rst=solicited)",
        .breaks = "longer: more time to forge that reset",
        .least = 1, .most = 60000, .scope = LULL_KNOB_RUN_TIME,
        .value = {3000, 3000, 3000, 3000},
    },
    [LULL_KNOB_tw_syn_policy] = {
        .name = "tw.syn_policy",
        .unit = "rfc6191|seq_or_ts|seq_only|never",
        .serves = "IR-01 IR-06 D-04",
        .effect = "when a SYN may replace a record: RFC 6191's table; a newer "
                  "number or timestamp (Linux, VPP); a newer number alone "
                  "(FreeBSD); never",
        .breaks = "seq_only accepts a SYN whose timestamp went back, and trusts "
                  "its number alone; never makes clients wait",
        .least = 0, .most = 3, .is_of_words = 1, .scope = LULL_KNOB_PER_LISTENER,
        .value = {LULL_TW_SYN_RFC6191, LULL_TW_SYN_RFC6191,
                  LULL_TW_SYN_SEQ_OR_TS, LULL_TW_SYN_SEQ_ONLY},
    },
    [LULL_KNOB_tw_seq_cmp] = {
        .name = "tw.seq_cmp",
        .unit = "ge_rcvnxt|gt",
        .serves = "IR-02 D-04",
        .effect = "whether SEG.SEQ = RCV.NXT is newer than the old FIN",
        .breaks = "gt refuses a peer that goes on counting where it stopped",
        .least = 0, .most = 1, .is_of_words = 1, .scope = LULL_KNOB_PER_LISTENER,
        .value = {LULL_TW_SEQ_GE_RCVNXT, LULL_TW_SEQ_GE_RCVNXT, LULL_TW_SEQ_GT, LULL_TW_SEQ_GT},
    },
    [LULL_KNOB_tw_syn_reject] = {
        .name = "tw.syn_reject",
        .unit = "drop|ack",
        .serves = "IR-03 D-06",
        .effect = "a SYN that may not replace a record: dropped (RFC 6191), "
                  "or acknowledged (RFC 5961)",
        .breaks = "ack draws a reset from a peer that is new, which tw.rst "
                  "must then judge",
        .least = 0, .most = 1, .is_of_words = 1, .scope = LULL_KNOB_PER_LISTENER,
        .value = {LULL_TW_SYN_REJECT_DROP, LULL_TW_SYN_REJECT_DROP,
                  LULL_TW_SYN_REJECT_ACK, LULL_TW_SYN_REJECT_DROP},
    },
    [LULL_KNOB_tw_drop_synfin] = {
        .name = "tw.drop_synfin",
        .unit = "",
        .serves = "SA-03",
        .effect = "SYN with FIN is dropped at once; with 0 it is judged as a "
                  "SYN",
        .breaks = "",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {1, 1, 0, 1},
    },
    [LULL_KNOB_tw_oow_ack_ms] = {
        .name = "tw.oow_ack_ms",
        .unit = "ms",
        .serves = "SA-06 RL-06",
        .effect = "least time between two ACKs of one record, but for the "
                  "repeated FIN",
        .breaks = "0: a stray segment for each ACK, and two stacks can answer "
                  "each other for ever (INV-14)",
        .least = 0, .most = 60000, .scope = LULL_KNOB_RUN_TIME,
        .value = {500, 500, 500, 0},
    },
    [LULL_KNOB_tw_dupfin_min_ms] = {
        .name = "tw.dupfin_min_ms",
        .unit = "ms",
        .serves = "SA-08 D-07",
        .effect = "least time between two answers to the repeated FIN",
        .breaks = "above 0: a FIN repeated soon stays unanswered and the peer "
                  "waits for its next timeout",
        .least = 0, .most = 60000, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_tw_reuse_active] = {
        .name = "tw.reuse_active",
        .unit = "never|any|loopback",
        .serves = "IR-13 IR-14 D-10",
        .effect = "whether connect() may replace a record of this end: never, "
                  "always when it is safe, or only towards this host",
        .breaks = "any rests on the peer's clock and on tw.active_strict",
        .least = 0, .most = 2, .is_of_words = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {LULL_TW_REUSE_LOOPBACK, LULL_TW_REUSE_NEVER,
                  LULL_TW_REUSE_LOOPBACK, LULL_TW_REUSE_NEVER},
    },
    [LULL_KNOB_tw_reuse_delay_ms] = {
        .name = "tw.reuse_delay_ms",
        .unit = "ms",
        .serves = "IR-14 D-10",
        .effect = "how old a record must be before connect() may replace it: "
                  "at least a tick of the peer's timestamps",
        .breaks = "shorter than that tick: the peer's SYN-ACK cannot show "
                  "that it is new",
        .least = 0, .most = 3600000, .scope = LULL_KNOB_RUN_TIME,
        .value = {1000, 1000, 1000, 1000},
    },
    [LULL_KNOB_tw_active_strict] = {
        .name = "tw.active_strict",
        .unit = "",
        .serves = "IR-16",
        .effect = "the SYN-ACK that answers such a connect() must show a "
                  "newer timestamp or number",
        .breaks = "0: a peer that forgot may begin below its old numbers, and "
                  "its old segments fit then",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {1, 1, 0, 1},
    },
    [LULL_KNOB_tw_max] = {
        .name = "tw.max",
        .unit = "records",
        .serves = "RL-01",
        .effect = "records kept at once, of those that records_max of the "
                  "configuration made room for: 65,536, in lull's programs "
                  "262,144",
        .breaks = "small: promises end early, TWEvicted counts them",
        .least = 0, .most = 134217726, .scope = LULL_KNOB_RUN_TIME,
        .value = {134217726, 134217726, 134217726, 134217726},
    },
    [LULL_KNOB_tw_overflow] = {
        .name = "tw.overflow",
        .unit = "evict_oldest|drop_new",
        .serves = "RL-01 D-23",
        .effect = "a full table: the record with the least time left goes, or "
                  "the newcomer gets none",
        .breaks = "drop_new breaks the longest promise instead of the "
                  "shortest",
        .least = 0, .most = 1, .is_of_words = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {LULL_TW_OVERFLOW_EVICT_OLDEST, LULL_TW_OVERFLOW_EVICT_OLDEST,
                  LULL_TW_OVERFLOW_DROP_NEW, LULL_TW_OVERFLOW_EVICT_OLDEST},
    },
    [LULL_KNOB_tw_nolocal] = {
        .name = "tw.nolocal",
        .unit = "",
        .serves = "D-16",
        .effect = "no record for a connection between two addresses of this "
                  "stack",
        .breaks = "1: for those connections every promise is void (INV-04, "
                  "INV-01)",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_tw_abort_deletes] = {
        .name = "tw.abort_deletes",
        .unit = "",
        .serves = "D-19",
        .effect = "abort of a socket in TIME-WAIT ends the record, as RFC "
                  "9293 section 3.10.5 says",
        .breaks = "1: the promises of that tuple end (INV-05)",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_ts_tolerate_missing] = {
        .name = "ts.tolerate_missing",
        .unit = "",
        .serves = "SA-05 IR-05 D-09",
        .effect = "segments without the agreed timestamp are taken; IR-05 "
                  "then falls back to the number",
        .breaks = "1: PAWS no longer keeps out segments of an old incarnation "
                  "that had no timestamps",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 1, 0},
    },
    [LULL_KNOB_ts_lease_ms] = {
        .name = "ts.lease_ms",
        .unit = "ms",
        .serves = "QR-16",
        .effect = "how far the timestamp clock is promised ahead on disk; "
                  "there is no restart journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_isn_tick_ns] = {
        .name = "isn.tick_ns",
        .unit = "ns",
        .serves = "QR-14",
        .effect = "a tick of the clock of initial sequence numbers",
        .breaks = "faster wraps sooner, slower is outrun sooner (RFC 1185); a "
                  "record corrects both",
        .least = 1, .most = 1000000, .scope = LULL_KNOB_AT_CREATION,
        .value = {1000, 1000, 64, 1000},
    },
    [LULL_KNOB_isn_reuse_bump] = {
        .name = "isn.reuse_bump",
        .unit = "octets",
        .serves = "IR-08",
        .effect = "distance of a new ISS from the old SND.NXT when the clock "
                  "gives none",
        .breaks = "smaller than the peer's old window: its old ACKs fit the "
                  "new incarnation",
        .least = 1, .most = 1073741824, .scope = LULL_KNOB_RUN_TIME,
        .value = {65537, 65537, 65537, 65537},
    },
    [LULL_KNOB_isn_rekey] = {
        .name = "isn.rekey",
        .unit = "never",
        .serves = "QR-15",
        .effect = "the secret of the ISN is kept for the life of the stack; "
                  "there is no restart journal yet",
        .breaks = "",
        .least = 0, .most = 0, .is_of_words = 1, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_abort_hold] = {
        .name = "abort.hold",
        .unit = "",
        .serves = "CH-17 D-18",
        .effect = "whoever sent a reset holds the tuple for 2 MSL",
        .breaks = "0: after a reset the tuple can be used again at once "
                  "(INV-25)",
        .least = 0, .most = 1, .scope = LULL_KNOB_PER_LISTENER,
        .value = {1, 1, 0, 0},
    },
    [LULL_KNOB_hold_persist] = {
        .name = "hold.persist",
        .unit = "",
        .serves = "QR-13",
        .effect = "HOLD records on disk; there is no restart journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_connect_halfopen] = {
        .name = "connect.halfopen",
        .unit = "hold_unless_ts|hold|rfc9293",
        .serves = "IR-17 D-22",
        .effect = "connect() finds the peer half-open: give up and hold the "
                  "tuple, unless timestamps protect the new incarnation; "
                  "always; or reset it and go on (RFC 9293 figure 10)",
        .breaks = "rfc9293 without timestamps: old segments can enter the new "
                  "incarnation, if their numbers fit (OVLX)",
        .least = 0, .most = 2, .is_of_words = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {LULL_HALFOPEN_HOLD_UNLESS_TS, LULL_HALFOPEN_HOLD,
                  LULL_HALFOPEN_RFC9293, LULL_HALFOPEN_RFC9293},
    },
    [LULL_KNOB_close_rst_on_unread] = {
        .name = "close.rst_on_unread",
        .unit = "",
        .serves = "CH-15",
        .effect = "close with unread text resets the connection",
        .breaks = "0: the peer believes that its text was read",
        .least = 0, .most = 1, .scope = LULL_KNOB_PER_LISTENER,
        .value = {1, 1, 1, 1},
    },
    [LULL_KNOB_linger_timeout_action] = {
        .name = "linger.timeout_action",
        .unit = "background|reset",
        .serves = "CH-18",
        .effect = "when SO_LINGER's time is over: go on in the background, or "
                  "reset",
        .breaks = "reset: text that was acknowledged to the user is thrown "
                  "away",
        .least = 0, .most = 1, .is_of_words = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {LULL_LINGER_BACKGROUND, LULL_LINGER_BACKGROUND,
                  LULL_LINGER_BACKGROUND, LULL_LINGER_BACKGROUND},
    },
    [LULL_KNOB_fw2_orphan_ms] = {
        .name = "fw2.orphan_ms",
        .unit = "ms",
        .serves = "RL-04 D-17",
        .effect = "how long an orphan waits for the peer's FIN in FIN-WAIT-2",
        .breaks = "short: a slow peer's FIN is answered by a reset",
        .least = 1, .most = 86400000, .scope = LULL_KNOB_PER_LISTENER,
        .value = {60000, 60000, 60000, 600000},
    },
    [LULL_KNOB_orphan_max] = {
        .name = "orphan.max",
        .unit = "connections",
        .serves = "RL-05",
        .effect = "connections without a user that may exist at once",
        .breaks = "small: closed connections are reset instead of finished",
        .least = 0, .most = 134217727, .scope = LULL_KNOB_RUN_TIME,
        .value = {65536, 65536, 65536, 65536},
    },
    [LULL_KNOB_orphan_retries] = {
        .name = "orphan.retries",
        .unit = "retransmissions",
        .serves = "CH-19",
        .effect = "how often an orphan repeats a segment before it gives up",
        .breaks = "small: on a bad path closed connections do not finish",
        .least = 0, .most = 255, .scope = LULL_KNOB_RUN_TIME,
        .value = {8, 8, 8, 8},
    },
    [LULL_KNOB_uto_ms] = {
        .name = "uto.ms",
        .unit = "ms",
        .serves = "CH-19",
        .effect = "user timeout of a connection that sets none; 0 is R2 of "
                  "the configuration",
        .breaks = "",
        .least = 0, .most = 86400000, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_bind_strict] = {
        .name = "bind.strict",
        .unit = "",
        .serves = "BL-01",
        .effect = "a record on the port refuses bind without SO_REUSEADDR "
                  "(Berkeley)",
        .breaks = "0: nothing that TCP promises; only the habit",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {1, 1, 1, 1},
    },
    [LULL_KNOB_bind_tw_require_both] = {
        .name = "bind.tw_require_both",
        .unit = "",
        .serves = "BL-02 D-11",
        .effect = "SO_REUSEADDR past a record counts only if the old socket "
                  "had it too",
        .breaks = "1: a server that forgot it once waits for 2 MSL",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 1, 0},
    },
    [LULL_KNOB_bind_over_connected] = {
        .name = "bind.over_connected",
        .unit = "",
        .serves = "BL-04 D-12",
        .effect = "SO_REUSEADDR allows bind beside live connections: 1, the "
                  "new socket's; 2, if the old one had it too (Linux)",
        .breaks = "0: a server cannot restart while old connections live; 2: "
                  "unless it thought of it before",
        .least = 0, .most = 2, .scope = LULL_KNOB_RUN_TIME,
        .value = {1, 1, 2, 1},
    },
    [LULL_KNOB_bind_relaxed_double] = {
        .name = "bind.relaxed_double",
        .unit = "",
        .serves = "BL-06 D-13",
        .effect = "two sockets with SO_REUSEADDR may be bound to one name; "
                  "the second listen fails",
        .breaks = "1: the refusal comes late",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 1, 0},
    },
    [LULL_KNOB_bind_specific_over_wildcard] = {
        .name = "bind.specific_over_wildcard",
        .unit = "",
        .serves = "BL-07 D-14",
        .effect = "SO_REUSEADDR allows a specific address beside a wildcard "
                  "listener",
        .breaks = "1: a server's own user can take a part of its connections",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 1},
    },
    [LULL_KNOB_bind_no_port] = {
        .name = "bind.no_port",
        .unit = "",
        .serves = "BL-16",
        .effect = "bind to port 0 leaves the choice to connect, for sockets "
                  "that do not say",
        .breaks = "",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_ipv6_v6only_default] = {
        .name = "ipv6.v6only_default",
        .unit = "",
        .serves = "BL-13 D-25",
        .effect = "IPv6 sockets refuse IPv4, for sockets that do not say",
        .breaks = "",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 1},
    },
    [LULL_KNOB_ports_ephemeral_first] = {
        .name = "ports.ephemeral_first",
        .unit = "port",
        .serves = "IR-18",
        .effect = "first port that connect() and bind to port 0 may take",
        .breaks = "a small range is soon used up towards one remote end",
        .least = 1, .most = 65535, .scope = LULL_KNOB_RUN_TIME,
        .value = {32768, 32768, 32768, 10000},
    },
    [LULL_KNOB_ports_ephemeral_last] = {
        .name = "ports.ephemeral_last",
        .unit = "port",
        .serves = "IR-18",
        .effect = "last such port",
        .breaks = "as above",
        .least = 1, .most = 65535, .scope = LULL_KNOB_RUN_TIME,
        .value = {60999, 60999, 60999, 65535},
    },
    [LULL_KNOB_restart_mode] = {
        .name = "restart.mode",
        .unit = "off|quiet",
        .serves = "QR-01 D-20",
        .effect = "what protects a restarted stack: nothing, or quiet.ms "
                  "after creation in which it sends nothing, drops what "
                  "arrives and refuses connect; there is no restart journal "
                  "yet",
        .breaks = "off: old segments can reach a new incarnation after a "
                  "restart (INV-01); quiet: peers wait, and may give up",
        .least = 0, .most = 1, .is_of_words = 1, .scope = LULL_KNOB_AT_CREATION,
        .value = {LULL_RESTART_OFF, LULL_RESTART_OFF, LULL_RESTART_OFF,
                  LULL_RESTART_OFF},
    },
    [LULL_KNOB_restart_fallback] = {
        .name = "restart.fallback",
        .unit = "none",
        .serves = "QR-04",
        .effect = "what a doubtful start does; there is no restart journal "
                  "yet",
        .breaks = "",
        .least = 0, .most = 0, .is_of_words = 1, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_restart_quarantine] = {
        .name = "restart.quarantine",
        .unit = "",
        .serves = "QR-11",
        .effect = "tuples that were live at a crash wait; there is no restart "
                  "journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_quiet_ms] = {
        .name = "quiet.ms",
        .unit = "ms",
        .serves = "QR-01 D-20",
        .effect = "how long restart.mode=quiet lasts; the default is 2 MSL "
                  "of the profile",
        .breaks = "shorter than 2 MSL: old segments can reach a new "
                  "incarnation after a restart (INV-01), and a peer's FIN is "
                  "answered by a reset (INV-04)",
        .least = 0, .most = 7200000, .scope = LULL_KNOB_AT_CREATION,
        .value = {60000, 240000, 60000, 60000},
    },
    [LULL_KNOB_quiet_use_lease] = {
        .name = "quiet.use_lease",
        .unit = "",
        .serves = "QR-02",
        .effect = "quiet time counts from the lease; there is no restart "
                  "journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_quiet_per_address] = {
        .name = "quiet.per_address",
        .unit = "",
        .serves = "QR-20",
        .effect = "an address taken over is quiet by itself; there is no "
                  "restart journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_persist_durability] = {
        .name = "persist.durability",
        .unit = "none",
        .serves = "QR-06",
        .effect = "what the journal survives; there is no restart journal yet",
        .breaks = "",
        .least = 0, .most = 0, .is_of_words = 1, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_persist_live] = {
        .name = "persist.live",
        .unit = "",
        .serves = "QR-10",
        .effect = "live tuples are in the journal; there is no restart "
                  "journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_persist_expiry] = {
        .name = "persist.expiry",
        .unit = "none",
        .serves = "QR-07",
        .effect = "what is written when a timer starts again; there is no "
                  "restart journal yet",
        .breaks = "",
        .least = 0, .most = 0, .is_of_words = 1, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_persist_seq_lease] = {
        .name = "persist.seq_lease",
        .unit = "",
        .serves = "QR-17",
        .effect = "a durable bound on sequence numbers; there is no restart "
                  "journal yet",
        .breaks = "",
        .least = 0, .most = 0, .scope = LULL_KNOB_FIXED,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_challenge_host_limit] = {
        .name = "challenge.host_limit",
        .unit = "per second",
        .serves = "RL-07 D-24",
        .effect = "challenge ACKs of the whole stack, the bound drawn anew "
                  "each second; 0 is no bound",
        .breaks = "above 0: what one connection is refused tells of others",
        .least = 0, .most = 1000000, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_icmp_hard_abort_sync] = {
        .name = "icmp.hard_abort_sync",
        .unit = "",
        .serves = "RL-11",
        .effect = "a hard ICMP error ends a synchronized connection",
        .breaks = "1: whoever guesses a sequence number in flight ends it "
                  "(RFC 5927)",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {0, 0, 0, 0},
    },
    [LULL_KNOB_trace_tw] = {
        .name = "trace.tw",
        .unit = "",
        .serves = "OB-02",
        .effect = "events of records are traced",
        .breaks = "",
        .least = 0, .most = 1, .scope = LULL_KNOB_RUN_TIME,
        .value = {1, 1, 1, 1},
    },
};
/* clang-format on */
