/* ip.h - the door of the folder: routing and ICMP.
 *
 * Nothing here knows who uses IP, owns an interface, or sends: these are answers to questions. */
#ifndef IP_IP_H
#define IP_IP_H

#include "ip/ip_icmp4.h"
#include "ip/ip_icmp_limit.h"
#include "ip/ip_route.h"

#endif
