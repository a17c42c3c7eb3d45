/* link.h - the door of the folder: who on the link has which hardware address.
 *
 * Nothing here sends or holds a packet: the stack asks, and builds what these answers say. */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include "link/link_arp.h"
#include "link/link_neighbor.h"

#endif
