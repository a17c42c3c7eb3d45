/* address.h - Internet addresses, as numbers and as text.
 *
 * Every address is 16 bytes, an IPv4 address in its mapped form ::ffff:a.b.c.d (RFC 4291
 * section 2.5.5.2), so that no interface changes when IPv6 arrives. */
#ifndef LULL_ADDRESS_H
#define LULL_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#include "lull/api.h"
#include "lull/error.h"

LULL_BEGIN_DECLARATIONS

struct lull_address {
    uint8_t bytes[16]; /* network order; all zero is "any", :: */
};

/* One end of a conversation. */
struct lull_name {
    struct lull_address address;
    uint32_t zone; /* interface scope of a link-local address (RFC 4007); 0 otherwise */
    uint16_t port; /* host order; 0 means "choose one" or "any" */
};

/* Longest text lull_address_format_name() writes, with the closing NUL. */
#define LULL_NAME_TEXT_BYTES 64

/* The address @p a.@p b.@p c.@p d. */
LULL_API struct lull_address lull_address_ipv4(const uint8_t octets[4]);

/**
 * Read "10.0.0.1".
 *
 * @param text     borrowed, NUL-terminated
 * @param address  written only on success
 * @return         LULL_OK, or LULL_EINVAL when @p text is not an IPv4 address
 */
LULL_API enum lull_error lull_address_parse(const char *text, struct lull_address *address);

/**
 * Read "10.0.0.1/24".
 *
 * @param prefix_length  bits, 0 to 32 for IPv4; written only on success
 * @return               LULL_OK or LULL_EINVAL
 */
LULL_API enum lull_error lull_address_parse_prefix(const char *text, struct lull_address *address,
                                                   unsigned *prefix_length);

/**
 * Write "10.0.0.1" ("*" for the any-address) and a closing NUL.
 *
 * @param size  bytes at @p text; the text is cut when it does not fit
 * @return      characters written, without the NUL
 */
LULL_API size_t lull_address_format(const struct lull_address *address, char *text, size_t size);

/* The same for address and port: "10.0.0.1:80", "*:80", "10.0.0.1:*". */
LULL_API size_t lull_address_format_name(const struct lull_name *name, char *text, size_t size);

LULL_END_DECLARATIONS

#endif
