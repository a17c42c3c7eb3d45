/* tcp.h - the door to the connection machine.
 *
 * Other layers include this file and no other of the folder.  A connection's life:
 *
 *   tcp_conn_init()      a TCB from a plan
 *   tcp_call_open()      or tcp_arrive_listen_open()
 *   tcp_arrive()         segments
 *   tcp_call_*()         the user
 *   tcp_timeout_fire()   when tcp_timeout_next() has passed
 *   tcp_output_next()    until it has nothing; then tcp_timeout_review()
 *   tcp_timewait_enter() or tcp_conn_release() when the state says so
 *
 * The machine sees segments and numbers; never an IP header, a socket or a device. */
#ifndef TCP_TCP_H
#define TCP_TCP_H

#include "tcp/tcp_arrive.h"
#include "tcp/tcp_call.h"
#include "tcp/tcp_conn.h"
#include "tcp/tcp_env.h"
#include "tcp/tcp_hold.h"
#include "tcp/tcp_icmp.h"
#include "tcp/tcp_info.h"
#include "tcp/tcp_output.h"
#include "tcp/tcp_record.h"
#include "tcp/tcp_record_trace.h"
#include "tcp/tcp_reuse.h"
#include "tcp/tcp_state.h"
#include "tcp/tcp_timeout.h"
#include "tcp/tcp_timewait.h"

#endif
