/* host_interface.c - the kernel's side of an interface.
 *
 * The old ioctls do all that is needed for one IPv4 address.  Route netlink, by hand or with
 * libmnl, was rejected as more code or a dependency for the same effect. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lull/host.h"

#include "base/address.h"
#include "driver/driver_failure.h"

static enum lull_error refuse(struct lull_failure *failure, int os_error, const char *what)
{
    const char *advice = NULL;
    if (os_error == EPERM)
        advice = "needs CAP_NET_ADMIN: run as root or in a user namespace (unshare -rn)";
    if (os_error == ENODEV)
        advice = "no interface of that name is in this network namespace";
    driver_failure_set(failure, os_error, what, advice);
    return os_error == 0 ? LULL_EINVAL : LULL_EIO;
}

static void put_ipv4(struct ifreq *request, uint32_t word)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(word)}};
    memcpy(&request->ifr_addr, &address, sizeof address);
}

static int set_address(int control, struct ifreq *request, const struct lull_address *address,
                       unsigned prefix_length)
{
    put_ipv4(request, address_ipv4_word(address));
    if (ioctl(control, SIOCSIFADDR, request) < 0)
        return errno;
    put_ipv4(request, prefix_length == 0 ? 0 : UINT32_MAX << (32 - prefix_length));
    return ioctl(control, SIOCSIFNETMASK, request) < 0 ? errno : 0;
}

static int set_up(int control, struct ifreq *request)
{
    if (ioctl(control, SIOCGIFFLAGS, request) < 0)
        return errno;
    request->ifr_flags = (short)(request->ifr_flags | IFF_UP);
    return ioctl(control, SIOCSIFFLAGS, request) < 0 ? errno : 0;
}

enum lull_error lull_host_interface_up(const char *name, const char *address,
                                       struct lull_failure *failure)
{
    struct lull_address parsed = {0};
    unsigned prefix_length = 0;
    struct ifreq request = {0};
    char what[96];
    if (strlen(name) == 0 || strlen(name) >= sizeof request.ifr_name)
        return refuse(failure, 0, "an interface's name has 1 to 15 characters");
    if (address != NULL && lull_address_parse_prefix(address, &parsed, &prefix_length) != LULL_OK)
        return refuse(failure, 0, "an address with its prefix is written 10.0.0.1/24");
    memcpy(request.ifr_name, name, strlen(name));

    const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = control < 0 ? errno : 0;
    if (error == 0 && address != NULL)
        error = set_address(control, &request, &parsed, prefix_length);
    if (error == 0)
        error = set_up(control, &request);
    if (control >= 0)
        close(control);
    if (error == 0)
        return LULL_OK;
    snprintf(what, sizeof what, "switch on interface %s", name);
    return refuse(failure, error, what);
}
