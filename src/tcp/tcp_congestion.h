/* tcp_congestion.h - how much may be in flight: the interface of a congestion controller.
 *
 * A controller takes and returns plain numbers, in bytes and nanoseconds; it knows neither
 * connections nor segments, so each is tested alone and adding one touches its own file
 * and one line of the table in tcp_congestion.c. */
#ifndef TCP_TCP_CONGESTION_H
#define TCP_TCP_CONGESTION_H

#include <stdint.h>

#include "base/time.h"

#define TCP_CONGESTION_STATE_WORDS 4

struct tcp_congestion {
    uint32_t cwnd, ssthresh;                    /* bytes */
    uint32_t mss;                               /* bytes of a full segment */
    uint32_t controller;                        /* index into the table */
    uint32_t state[TCP_CONGESTION_STATE_WORDS]; /* the controller's own */
};

/* What an ACK told. */
struct tcp_congestion_ack {
    uint32_t acked;     /* bytes newly acknowledged */
    uint32_t in_flight; /* bytes outstanding before this ACK */
    lull_time now;
};

struct tcp_congestion_controller {
    const char *name;
    void (*init)(struct tcp_congestion *cc);
    /* New data was acknowledged outside recovery. */
    void (*acked)(struct tcp_congestion *cc, const struct tcp_congestion_ack *ack);
    /* Three duplicate ACKs: choose ssthresh. */
    void (*lost)(struct tcp_congestion *cc, uint32_t in_flight);
    /* The retransmission timer expired. */
    void (*timed_out)(struct tcp_congestion *cc, uint32_t in_flight);
};

/* Start with the initial window of RFC 6928 for segments of @mss bytes. */
void tcp_congestion_init(struct tcp_congestion *cc, uint32_t mss);

const struct tcp_congestion_controller *tcp_congestion_of(const struct tcp_congestion *cc);

#endif
