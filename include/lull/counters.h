/* counters.h - everything a stack counts, by the kernel's names where those exist
 * (/proc/net/snmp, /proc/net/netstat), so that people's tools and habits keep working. */
#ifndef LULL_COUNTERS_H
#define LULL_COUNTERS_H

#include "lull/api.h"

LULL_BEGIN_DECLARATIONS

/* clang-format off */
#define LULL_COUNTERS(COUNTER)                                                          \
    COUNTER(IpInReceives,            "packets received")                                \
    COUNTER(IpInHdrErrors,           "malformed IP headers or bad header checksums")    \
    COUNTER(IpInAddrErrors,          "packets for an address that is not ours")         \
    COUNTER(IpInUnknownProtos,       "packets of an unknown protocol")                  \
    COUNTER(IpInDelivers,            "packets handed to a protocol")                    \
    COUNTER(IpOutRequests,           "packets sent")                                    \
    COUNTER(IpOutNoRoutes,           "packets with no route")                           \
    COUNTER(IpReasmFails,            "fragments dropped; reassembly is not supported")  \
    COUNTER(QuietDrops,              "frames dropped while the stack was quiet")        \
    COUNTER(IcmpInMsgs,              "ICMP messages received")                          \
    COUNTER(IcmpInErrors,            "malformed ICMP messages")                         \
    COUNTER(IcmpInDestUnreachs,      "destination unreachable received")                \
    COUNTER(IcmpInTimeExcds,         "time exceeded received")                          \
    COUNTER(IcmpInParmProbs,         "parameter problem received")                      \
    COUNTER(IcmpInSrcQuenchs,        "source quench received, and ignored")             \
    COUNTER(IcmpInEchos,             "echo requests received")                          \
    COUNTER(IcmpInEchoReps,          "echo replies received")                           \
    COUNTER(IcmpOutEchos,            "echo requests sent")                              \
    COUNTER(IcmpOutEchoReps,         "echo replies sent")                               \
    COUNTER(IcmpOutDestUnreachs,     "destination unreachable sent")                    \
    COUNTER(IcmpOutRateLimitHost,    "ICMP errors not sent because of the rate limit")  \
    COUNTER(ArpInRequests,           "ARP requests received")                           \
    COUNTER(ArpInReplies,            "ARP replies received")                            \
    COUNTER(ArpOutRequests,          "ARP requests sent")                               \
    COUNTER(ArpOutReplies,           "ARP replies sent")                                \
    COUNTER(ArpConflicts,            "another host claims our address")                 \
    COUNTER(ArpFailures,             "neighbours that did not answer")                  \
    COUNTER(TcpActiveOpens,          "connections opened by connect")                   \
    COUNTER(TcpPassiveOpens,         "connections opened by a SYN to a listener")       \
    COUNTER(TcpAttemptFails,         "attempts that never became established")          \
    COUNTER(TcpEstabResets,          "established connections that ended by a reset")   \
    COUNTER(TcpInSegs,               "segments received")                               \
    COUNTER(TcpOutSegs,              "segments sent, retransmissions not counted")      \
    COUNTER(TcpRetransSegs,          "segments sent again")                             \
    COUNTER(TcpInErrs,               "malformed segments")                              \
    COUNTER(TcpInCsumErrors,         "segments with a bad checksum")                    \
    COUNTER(TcpOutRsts,              "resets sent")                                     \
    COUNTER(TW,                      "connections that entered TIME-WAIT")              \
    COUNTER(TWExpired,               "TIME-WAIT records that waited to the end")        \
    COUNTER(TWRecycled,              "TIME-WAIT records replaced by a SYN's new incarnation") \
    COUNTER(TWRecycledActive,        "TIME-WAIT records replaced by our own connect")   \
    COUNTER(TWKilled,                "TIME-WAIT records ended by a reset")              \
    COUNTER(TWEvicted,               "TIME-WAIT records given up because the table was full") \
    COUNTER(TWRestarted,             "TIME-WAIT timers started again")                  \
    COUNTER(TWSolicitedResets,       "TIME-WAIT halved by a reset that answered our ACK of a SYN") \
    COUNTER(TWAborted,               "TIME-WAIT records ended by an abort of their socket") \
    COUNTER(TWLocalSkipped,          "TIME-WAIT not kept for a connection within this host") \
    COUNTER(TWRstIgnored,            "resets ignored in TIME-WAIT (RFC 1337)")          \
    COUNTER(TWSynRejected,           "SYNs refused because of a TIME-WAIT record")      \
    COUNTER(TCPTimeWaitOverflow,     "connections that found no room for a record")     \
    COUNTER(FW2Entered,              "orphans shrunk to a FIN-WAIT-2 record")           \
    COUNTER(FW2Expired,              "FIN-WAIT-2 records whose peer never closed")      \
    COUNTER(FW2TimeWait,             "FIN-WAIT-2 records whose peer closed: now TIME-WAIT") \
    COUNTER(FW2Killed,               "FIN-WAIT-2 records ended by a reset or by late text") \
    COUNTER(FW2Evicted,              "FIN-WAIT-2 records given up because the table was full") \
    COUNTER(HoldEntered,             "tuples held because a reset was sent")            \
    COUNTER(HoldExpired,             "HOLD records that waited to the end")             \
    COUNTER(HoldRecycled,            "HOLD records replaced by a new incarnation")      \
    COUNTER(HoldEvicted,             "HOLD records given up because the table was full") \
    COUNTER(HoldOverflow,            "tuples not held because the table was full")      \
    COUNTER(HoldRejected,            "SYNs refused because of a HOLD record")           \
    COUNTER(PAWSActive,              "SYN-ACKs rejected by timestamp")                  \
    COUNTER(PAWSEstab,               "segments rejected by timestamp")                  \
    COUNTER(PAWSTimewait,            "segments rejected by timestamp in TIME-WAIT")     \
    COUNTER(TCPACKSkippedTimeWait,   "ACKs withheld in TIME-WAIT by the rate limit")    \
    COUNTER(TCPTimeWaitOowAcks,      "ACKs sent from TIME-WAIT for anything but a repeated FIN") \
    COUNTER(OutOfWindowIcmps,        "ICMP errors about a segment that is not in flight") \
    COUNTER(TCPChallengeACK,         "challenge ACKs sent (RFC 5961)")                  \
    COUNTER(TCPACKSkippedChallenge,  "challenge ACKs withheld by the rate limit")       \
    COUNTER(TCPSYNChallenge,         "SYNs answered by a challenge ACK")                \
    COUNTER(TCPTimeouts,             "retransmission timeouts")                         \
    COUNTER(TCPFastRetrans,          "fast retransmissions")                            \
    COUNTER(TCPRenoRecovery,         "times recovery was entered")                      \
    COUNTER(TCPLossUndo,             "reserved for spurious timeouts")                  \
    COUNTER(TCPOFOQueue,             "segments stored out of order")                    \
    COUNTER(TCPOFODrop,              "out-of-order segments for which there was no room") \
    COUNTER(TCPRcvQDrop,             "text dropped because the buffer pool was empty")  \
    COUNTER(TCPKeepAlive,            "keep-alive probes sent")                          \
    COUNTER(TCPWinProbe,             "zero-window probes sent")                         \
    COUNTER(DelayedACKs,             "delayed ACKs sent")                               \
    COUNTER(EphemeralTries,          "local ports looked at in choosing one")           \
    COUNTER(ListenOverflows,         "SYNs or handshakes dropped: accept queue full")   \
    COUNTER(ListenDrops,             "SYNs dropped at a listener, for any reason")      \
    COUNTER(TCPAbortOnClose,         "resets because unread data was thrown away")      \
    COUNTER(TCPAbortOnData,          "resets because data came after close")            \
    COUNTER(TCPAbortOnLinger,        "resets asked for by SO_LINGER, TCP_LINGER2 or abort") \
    COUNTER(TCPAbortOnTimeout,       "connections given up by the user timeout")        \
    COUNTER(TCPAbortOnMemory,        "connections given up because a limit was reached") \
    COUNTER(TCPMissingTimestamp,     "segments without the timestamps they agreed on")  \
    COUNTER(TCPMemoryPressures,      "times the buffer pool was found empty")           \
    COUNTER(ReplyDrops,              "stateless answers dropped: their queue was full") \
    COUNTER(AdviceEvicted,           "advice given up because newer advice needed its place")
/* clang-format on */

enum lull_counter {
#define COUNTER(name, text) LULL_COUNTER_##name,
    LULL_COUNTERS(COUNTER)
#undef COUNTER
        LULL_COUNTER_COUNT
};

/* The counter's name and a phrase that says what it counts; static text. */
LULL_API const char *lull_counter_name(enum lull_counter counter);
LULL_API const char *lull_counter_text(enum lull_counter counter);

LULL_END_DECLARATIONS

#endif
