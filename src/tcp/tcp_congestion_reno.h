/* tcp_congestion_reno.h - slow start and congestion avoidance (RFC 5681 section 3.1). */
#ifndef TCP_TCP_CONGESTION_RENO_H
#define TCP_TCP_CONGESTION_RENO_H

#include "tcp/tcp_congestion.h"

extern const struct tcp_congestion_controller tcp_congestion_reno;

#endif
