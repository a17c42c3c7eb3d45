/* socket.h - BSD sockets without descriptors.
 *
 * Calls have the meaning POSIX and custom give to their namesakes, except that none blocks
 * and errors come back as enum lull_error.  Nothing is sent by a call: it changes the
 * stack, and lull_stack_output() sends.
 *
 * Ownership: the stack owns every socket; a handle stays valid until lull_socket_close() or
 * lull_socket_abort(), also after its connection has failed, and a little longer if it lingers.  A
 * stale handle is detected (LULL_EBADF), never dereferenced.  Pointers passed in are borrowed for
 * the call. */
#ifndef LULL_SOCKET_H
#define LULL_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "lull/address.h"
#include "lull/api.h"
#include "lull/error.h"
#include "lull/refusal.h"
#include "lull/stack.h"

LULL_BEGIN_DECLARATIONS

typedef struct {
    uint32_t index, generation; /* generation 0 names no socket */
} lull_socket;

/* What can be waited for.  Edges: an event is reported when the condition begins. */
enum lull_event {
    LULL_EVENT_READABLE = 1, /* data, end of stream, a connection to accept, or an error */
    LULL_EVENT_WRITABLE = 2, /* room to send, or an attempt to connect has ended */
    LULL_EVENT_HANGUP = 4,   /* both directions have ended */
    LULL_EVENT_ERROR = 8,    /* lull_socket_take_error() has something to say */
    LULL_EVENT_ADVICE = 16   /* lull_socket_take_advice() has */
};

/* @return  LULL_OK, LULL_EMFILE */
LULL_API enum lull_error lull_socket_open(struct lull_stack *stack, lull_socket *socket);

/**
 * Take a local address and port.
 *
 * @param name  address all zero: every local address of both families, or of IPv6 with
 *              LULL_OPTION_IPV6_ONLY; 0.0.0.0 (::ffff:0.0.0.0): every IPv4 address; port 0: an
 *              ephemeral one
 * @return      LULL_OK; LULL_EADDRINUSE with a refusal (lull_socket_refusal());
 *              LULL_EADDRNOTAVAIL when the address is not ours or, with a refusal, no port is
 *              free; LULL_EINVAL when already bound, or for an IPv4 name with a zone; LULL_EBADF
 */
LULL_API enum lull_error lull_socket_bind(struct lull_stack *stack, lull_socket socket,
                                          const struct lull_name *name);

/**
 * Wait for connections: the passive OPEN (RFC 9293 section 3.10.1).
 *
 * @param backlog  connections that may wait to be accepted; as many again may be in the
 *                 handshake.  At least 1
 * @return         LULL_OK, LULL_EINVAL, LULL_ENOBUFS (listeners_max), LULL_EOPNOTSUPP on a
 *                 connected socket, LULL_EBADF; with a refusal LULL_EADDRINUSE when somebody
 *                 listens there already, LULL_EADDRNOTAVAIL when a port was needed and none free
 */
LULL_API enum lull_error lull_socket_listen(struct lull_stack *stack, lull_socket socket,
                                            unsigned backlog);

/**
 * Take the oldest connection that waits.
 *
 * @param accepted  a new handle, written only on success
 * @return          LULL_OK, LULL_EAGAIN, LULL_EMFILE (the connection keeps waiting),
 *                  LULL_EINVAL when not listening, LULL_EBADF
 */
LULL_API enum lull_error lull_socket_accept(struct lull_stack *stack, lull_socket listener,
                                            lull_socket *accepted);

/**
 * The active OPEN (RFC 9293 section 3.10.1).
 *
 * @return  LULL_EINPROGRESS: LULL_EVENT_WRITABLE follows, then lull_socket_take_error()
 *          tells how it ended.  LULL_EADDRINUSE, LULL_EADDRNOTAVAIL with a refusal,
 *          LULL_ENETUNREACH, also from a socket bound to an address of the other family,
 *          LULL_EISCONN, LULL_EALREADY, LULL_ENOBUFS, LULL_EINVAL, LULL_EBADF
 */
LULL_API enum lull_error lull_socket_connect(struct lull_stack *stack, lull_socket socket,
                                             const struct lull_name *remote);

/**
 * Queue bytes for transmission: the SEND call (RFC 9293 section 3.10.2).
 *
 * @param data  borrowed; copied into the send buffer.  A short count is normal
 * @return      bytes taken, more than 0, or LULL_EAGAIN (wait for LULL_EVENT_WRITABLE),
 *              LULL_EPIPE, LULL_ENOTCONN, LULL_ECONNRESET, LULL_ETIMEDOUT, LULL_EBADF
 */
LULL_API ptrdiff_t lull_socket_send(struct lull_stack *stack, lull_socket socket,
                                    struct lull_slice data);

/**
 * Take arrived bytes: the RECEIVE call (RFC 9293 section 3.10.3).
 *
 * @return  bytes written to @p buffer; 0 when the peer has closed and everything was read;
 *          LULL_EAGAIN (wait for LULL_EVENT_READABLE), LULL_ENOTCONN, LULL_ECONNRESET,
 *          LULL_ETIMEDOUT, LULL_EBADF.  An error is reported once; after it, 0
 */
LULL_API ptrdiff_t lull_socket_receive(struct lull_stack *stack, lull_socket socket, void *buffer,
                                       size_t size);

/**
 * Look at arrived bytes without copying or taking them; see lull_socket_skip().
 *
 * @param slices  written: at most @p count pieces, valid until the next call on the stack
 * @return        pieces written; 0 when nothing waits; LULL_EBADF
 */
LULL_API int lull_socket_peek(struct lull_stack *stack, lull_socket socket,
                              struct lull_slice *slices, int count);

/* Take @p bytes that lull_socket_peek() showed.  LULL_EINVAL when fewer wait. */
LULL_API enum lull_error lull_socket_skip(struct lull_stack *stack, lull_socket socket,
                                          size_t bytes);

enum lull_direction { LULL_SHUT_RECEIVE = 1, LULL_SHUT_SEND = 2, LULL_SHUT_BOTH = 3 };

/* Half-close (RFC 9293 section 3.6): LULL_SHUT_SEND queues a FIN after all queued data.
 * LULL_OK, LULL_ENOTCONN, LULL_EINVAL, LULL_EBADF. */
LULL_API enum lull_error lull_socket_shutdown(struct lull_stack *stack, lull_socket socket,
                                              enum lull_direction direction);

/**
 * The CLOSE call (RFC 9293 section 3.10.4).
 *
 * Sends what is queued and a FIN, and waits out TIME-WAIT, without the caller.  Unread data
 * or LULL_OPTION_LINGER 0 turn it into an abort (RFC 9293 section 3.6.1).  A listener's
 * connections that were not accepted are reset.
 *
 * With LULL_OPTION_LINGER above 0 and something to be acknowledged, the answer is
 * LULL_EINPROGRESS, where BSD would block.  The handle then serves only to await
 * LULL_EVENT_HANGUP: alone, it says that the peer acknowledged all; with LULL_EVENT_ERROR, that
 * the connection failed or the time is over, in which case closing goes on by itself.  Once
 * lull_socket_next_event() has reported it the handle is void and lull_socket_user() of it is 0;
 * closing it again before that lets go at once.  Whoever does not care need not wait: nothing is
 * lost, and the socket makes room for others.
 *
 * @return  LULL_OK and LULL_EBADF: the handle is void.  LULL_EINPROGRESS: it lingers
 */
LULL_API enum lull_error lull_socket_close(struct lull_stack *stack, lull_socket socket);

/* The ABORT call (RFC 9293 section 3.10.5): RST, all queues dropped, handle void. */
LULL_API enum lull_error lull_socket_abort(struct lull_stack *stack, lull_socket socket);

enum lull_option {
    LULL_OPTION_REUSE_ADDRESS,  /* SO_REUSEADDR: 0 or 1 */
    LULL_OPTION_LINGER,         /* SO_LINGER: seconds, -1: off; see lull_socket_close() */
    LULL_OPTION_KEEP_ALIVE,     /* SO_KEEPALIVE: 0 or 1 (RFC 9293 section 3.8.4) */
    LULL_OPTION_KEEP_IDLE,      /* TCP_KEEPIDLE: seconds, 7,200 */
    LULL_OPTION_KEEP_INTERVAL,  /* TCP_KEEPINTVL: seconds, 75 */
    LULL_OPTION_KEEP_COUNT,     /* TCP_KEEPCNT: probes, 9 */
    LULL_OPTION_NO_DELAY,       /* TCP_NODELAY: 0 or 1 (RFC 9293 section 3.7.4) */
    LULL_OPTION_USER_TIMEOUT,   /* TCP_USER_TIMEOUT: milliseconds, 0: uto.ms or the stack's */
    LULL_OPTION_MAX_SEGMENT,    /* TCP_MAXSEG: bytes, an upper bound */
    LULL_OPTION_SEND_BUFFER,    /* SO_SNDBUF: bytes */
    LULL_OPTION_RECEIVE_BUFFER, /* SO_RCVBUF: bytes; before connect or listen */
    LULL_OPTION_LINGER2, /* TCP_LINGER2: seconds the closed connection waits in FIN-WAIT-2 for the
                            peer to close as well; 0: the stack's; -1: it is reset instead */
    LULL_OPTION_REUSE_PORT,   /* SO_REUSEPORT: 0 or 1; before bind.  Listeners that all have
                                 it, and one owner, share a name and its SYNs */
    LULL_OPTION_OWNER,        /* a number such as a user id, 0; before bind */
    LULL_OPTION_IPV6_ONLY,    /* IPV6_V6ONLY: 0 or 1; before bind */
    LULL_OPTION_BIND_NO_PORT, /* IP_BIND_ADDRESS_NO_PORT: 0 or 1.  bind to port 0 leaves the
                                 choice to connect, so remote ends may share a port */
    LULL_OPTION_COUNT
};

/* LULL_OK; LULL_EINVAL when @p value is outside the option's range, or comes after bind where
 * it must come before; LULL_EBADF. */
LULL_API enum lull_error lull_socket_set_option(struct lull_stack *stack, lull_socket socket,
                                                enum lull_option option, int64_t value);
LULL_API enum lull_error lull_socket_get_option(struct lull_stack *stack, lull_socket socket,
                                                enum lull_option option, int64_t *value);

/* As the value of a knob: let the socket follow the stack again. */
#define LULL_KNOB_OF_STACK (-1)

/**
 * Turn a knob for one listener, and for the connections it accepts from then on, or for one
 * connection.
 *
 * A record has no socket any more: what arrives for it is judged by the knobs of whoever listens
 * on its local name then.
 *
 * @param knob   of the scope LULL_KNOB_PER_LISTENER
 * @param value  in the knob's range, or LULL_KNOB_OF_STACK
 * @return       LULL_OK, LULL_EINVAL out of range, LULL_EOPNOTSUPP for a knob of another scope,
 *               LULL_EBADF
 */
LULL_API enum lull_error lull_socket_set_knob(struct lull_stack *stack, lull_socket socket,
                                              enum lull_knob knob, int64_t value);

/* The value in force for the socket, its own or the stack's; 0 when there is no such knob or the
 * handle is stale. */
LULL_API int64_t lull_socket_knob(const struct lull_stack *stack, lull_socket socket,
                                  enum lull_knob knob);

/* Both ends; the remote one is all zero until connected. */
LULL_API enum lull_error lull_socket_names(struct lull_stack *stack, lull_socket socket,
                                           struct lull_name *local, struct lull_name *remote);

/* SO_ERROR: why the connection ended, LULL_OK if it did not; reported once. */
LULL_API enum lull_error lull_socket_take_error(struct lull_stack *stack, lull_socket socket);

/* What has happened to a connection without ending it. */
enum lull_advice_kind {
    LULL_ADVICE_ICMP,        /* an ICMP error about a segment in flight (RFC 9293 3.9.2.2) */
    LULL_ADVICE_RETRANSMITS, /* the same octets were sent again three times (R1, 3.8.3) */
    LULL_ADVICE_COUNT
};
struct lull_advice {
    enum lull_advice_kind kind;
    enum lull_error error;        /* what it would mean if it lasted; the connection goes on */
    uint8_t icmp_type, icmp_code; /* RFC 792; ICMP only */
    uint32_t count;               /* so many of this kind since one was taken */
    struct lull_address from;     /* who said so; the peer, with RETRANSMITS */
    lull_time at;                 /* the last of them */
};

/**
 * Take what LULL_EVENT_ADVICE tells of.  Of each kind the last is kept.
 *
 * @param advice  written only when the answer is 1
 * @return        1; 0 when there is nothing; LULL_EBADF
 */
LULL_API int lull_socket_take_advice(struct lull_stack *stack, lull_socket socket,
                                     struct lull_advice *advice);

/* Conditions that hold now, enum lull_event; 0 for a stale handle. */
LULL_API unsigned lull_socket_poll(struct lull_stack *stack, lull_socket socket);

/**
 * The next socket for which some condition has begun since it was last reported.
 *
 * @param events  written: conditions that hold, enum lull_event
 * @return        1 with @p socket and @p events, 0 when nothing is new
 */
LULL_API int lull_socket_next_event(struct lull_stack *stack, lull_socket *socket,
                                    unsigned *events);

/* A number of the caller's own, kept with the socket; 0 at first. */
LULL_API void lull_socket_set_user(struct lull_stack *stack, lull_socket socket, uint64_t user);
LULL_API uint64_t lull_socket_user(struct lull_stack *stack, lull_socket socket);

/* Why the last bind, listen or connect of this stack was refused; call NOTHING when none
 * was. */
LULL_API void lull_socket_refusal(const struct lull_stack *stack, struct lull_refusal *refusal);

/**
 * Walk over the last 16 refusals of this stack, SYNs included, from the oldest.
 *
 * @param cursor  start with 0; changed by each call.  Kept, it leads to what was refused since
 * @return        1 with a refusal, 0 at the end
 */
LULL_API int lull_socket_next_refusal(const struct lull_stack *stack, uint64_t *cursor,
                                      struct lull_refusal *refusal);

/* A connection's inner life, in the words of RFC 9293 and Linux's TCP_INFO. */
struct lull_tcp_info {
    const char *state; /* "ESTABLISHED"; "CLOSED" without a connection */
    uint32_t snd_una, snd_nxt, snd_wnd, rcv_nxt, rcv_wnd;
    uint32_t cwnd, ssthresh, mss;            /* bytes */
    uint32_t unacknowledged, unsent, unread; /* bytes */
    lull_duration rtt, rtt_variance, rto;
    uint32_t retransmits_total, backoff;
    uint8_t features; /* enum lull_feature agreed with the peer */
    uint8_t send_scale, receive_scale;
};
LULL_API enum lull_error lull_socket_info(struct lull_stack *stack, lull_socket socket,
                                          struct lull_tcp_info *info);

LULL_END_DECLARATIONS

#endif
