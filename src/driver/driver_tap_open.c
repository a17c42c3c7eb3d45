/* driver_tap_open.c - find or make the interface, and say plainly why not.
 *
 * Opening a TAP is where a newcomer fails first, so every refusal that is known to happen has a
 * line of advice.  The interface's address and state are left alone: lull_host_interface_up() or
 * ip(8) see to them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lull/devices.h"

#include "driver/driver_failure.h"
#include "driver/driver_tap.h"
#include "driver/driver_virtio.h"

#define DEVICE               "/dev/net/tun"
#define ETHERNET_BYTES       14
#define MTU_WHEN_NOT_TO_READ 1500

/* What the kernel's refusals mean to a caller, and what a person can do about them. */
struct refusal {
    int os_error; /* 0 ends a table and stands for every other number */
    enum lull_error error;
    const char *advice;
};

static const struct refusal open_refusals[] = {
    {ENOENT, LULL_EIO, "load the module (modprobe tun), or give this container the device"},
    {ENODEV, LULL_EIO, "load the module (modprobe tun)"},
    {EACCES, LULL_EIO, "run as root, or make the device readable and writable for this user"},
    {EPERM, LULL_EIO, "the container forbids this device: give it " DEVICE},
    {0, LULL_EIO, NULL},
};

static const struct refusal attach_refusals[] = {
    {EPERM, LULL_EIO,
     "needs CAP_NET_ADMIN: run as root, as the owner that 'ip tuntap add' named, or in a user "
     "namespace (unshare -rn)"},
    {EBUSY, LULL_EADDRINUSE, "another process holds it: end that one or choose another name"},
    {EINVAL, LULL_EINVAL, "the name is taken by an interface of another kind, or is not allowed"},
    {ENOMEM, LULL_ENOMEM, NULL},
    {0, LULL_EIO, NULL},
};

static enum lull_error refuse(struct lull_failure *failure, const struct refusal *table,
                              const char *what)
{
    const int os_error = errno;
    while (table->os_error != 0 && table->os_error != os_error)
        table++;
    driver_failure_set(failure, os_error, what, table->advice);
    return table->error;
}

static enum lull_error refuse_config(struct lull_failure *failure, const char *what)
{
    driver_failure_set(failure, 0, what, NULL);
    return LULL_EINVAL;
}

static short interface_flags(unsigned flags)
{
    int kernel = IFF_NO_PI;
    kernel |= flags & LULL_TAP_TUN ? IFF_TUN : IFF_TAP;
    kernel |= flags & LULL_TAP_NO_OFFLOAD ? 0 : IFF_VNET_HDR;
    kernel |= flags & LULL_TAP_QUEUE ? IFF_MULTI_QUEUE : 0;
    return (short)kernel;
}

/* Open the device and attach it to the interface.  The descriptor is stored as soon as there is
 * one, so that whoever fails later closes it. */
static enum lull_error attach(struct driver_tap *tap, const struct lull_tap_config *config,
                              struct lull_failure *failure)
{
    const char *name = config->name == NULL ? "" : config->name;
    struct ifreq request = {.ifr_flags = interface_flags(config->flags)};
    char what[64];
    if (strlen(name) >= sizeof request.ifr_name)
        return refuse_config(failure, "an interface's name has at most 15 characters");
    memcpy(request.ifr_name, name, strlen(name));
    tap->driver.descriptor = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tap->driver.descriptor < 0)
        return refuse(failure, open_refusals, "open " DEVICE);
    snprintf(what, sizeof what, "attach to interface %s", name);
    if (ioctl(tap->driver.descriptor, TUNSETIFF, &request) < 0)
        return refuse(failure, attach_refusals, what);
    return LULL_OK;
}

static enum lull_error adopt(struct driver_tap *tap, const struct lull_tap_config *config,
                             struct lull_failure *failure)
{
    const int status = fcntl(config->descriptor, F_GETFL);
    if (status < 0 || fcntl(config->descriptor, F_SETFL, status | O_NONBLOCK) < 0)
        return refuse(failure, attach_refusals, "adopt a descriptor");
    tap->driver.descriptor = config->descriptor;
    return LULL_OK;
}

/* What the interface is, whoever made it so.  Whether it has IFF_NO_PI cannot be asked: the kernel
 * gives the same bit to IFF_NOFILTER in this answer. */
static enum lull_error read_interface(struct driver_tap *tap, struct lull_failure *failure)
{
    struct ifreq request = {0};
    if (ioctl(tap->driver.descriptor, TUNGETIFF, &request) < 0)
        return refuse(failure, attach_refusals, "ask which interface the descriptor is");
    memcpy(tap->name, request.ifr_name, sizeof tap->name - 1);
    tap->link_bytes = request.ifr_flags & IFF_TAP ? ETHERNET_BYTES : 0;
    tap->virtio_bytes = request.ifr_flags & IFF_VNET_HDR ? sizeof(struct virtio_net_hdr) : 0;
    return LULL_OK;
}

/* TUNSETOFFLOAD is about what arrives: an old kernel that refuses it sends finished frames, and
 * still takes unfinished ones. */
static enum lull_error configure_offload(struct driver_tap *tap, unsigned flags,
                                         struct lull_failure *failure)
{
    int virtio_bytes = (int)tap->virtio_bytes;
    if (virtio_bytes == 0) {
        ioctl(tap->driver.descriptor, TUNSETOFFLOAD, 0UL);
        return LULL_OK;
    }
    if (ioctl(tap->driver.descriptor, TUNSETVNETHDRSZ, &virtio_bytes) < 0)
        return refuse(failure, attach_refusals, "set the size of the offload header");
    const int wanted = flags & LULL_TAP_NO_OFFLOAD ? 0 : TUN_F_CSUM | TUN_F_TSO4;
    ioctl(tap->driver.descriptor, TUNSETOFFLOAD, (unsigned long)wanted);
    if (wanted != 0)
        tap->driver.capabilities = LULL_CAN_CHECKSUM | LULL_CAN_SEGMENT;
    return LULL_OK;
}

/* An adopted interface may live in another network namespace, where its name means nothing to
 * us; then Ethernet's usual size is assumed. */
static uint16_t interface_mtu(const struct driver_tap *tap)
{
    struct ifreq request = {0};
    memcpy(request.ifr_name, tap->name, sizeof request.ifr_name);
    const int any_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any_socket < 0)
        return MTU_WHEN_NOT_TO_READ;
    const int status = ioctl(any_socket, SIOCGIFMTU, &request);
    close(any_socket);
    if (status < 0 || request.ifr_mtu <= 0)
        return MTU_WHEN_NOT_TO_READ;
    return request.ifr_mtu > UINT16_MAX ? UINT16_MAX : (uint16_t)request.ifr_mtu;
}

/* 02 and 40 bits of FNV-1a over the name.  The kernel's side has a random address, which could
 * be the same one. */
static void derive_hardware(struct driver_tap *tap)
{
    uint8_t *hardware = tap->driver.hardware;
    struct ifreq request = {0};
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *c = tap->name; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * 0x100000001b3u;
    hardware[0] = 2;
    for (int i = 1; i < 6; i++)
        hardware[i] = (uint8_t)(hash >> 8 * i);
    if (ioctl(tap->driver.descriptor, SIOCGIFHWADDR, &request) == 0
        && memcmp(request.ifr_hwaddr.sa_data, hardware, 6) == 0)
        hardware[5] ^= 1;
}

static enum lull_error open_device(struct driver_tap *tap, const struct lull_tap_config *config,
                                   struct lull_failure *failure)
{
    enum lull_error error =
        config->flags & LULL_TAP_ADOPT ? adopt(tap, config, failure) : attach(tap, config, failure);
    if (error == LULL_OK)
        error = read_interface(tap, failure);
    if (error == LULL_OK)
        error = configure_offload(tap, config->flags, failure);
    if (error != LULL_OK)
        return error;
    tap->driver.mtu = config->mtu != 0 ? config->mtu : interface_mtu(tap);
    if (tap->link_bytes != 0)
        derive_hardware(tap);
    return LULL_OK;
}

/* A descriptor that was to be adopted stays the caller's. */
static void give_up(struct driver_tap *tap, const struct lull_tap_config *config)
{
    if (config->flags & LULL_TAP_ADOPT)
        tap->driver.descriptor = -1;
    tap->driver.operations->close(&tap->driver);
}

enum lull_error lull_driver_tap_open(const struct lull_tap_config *config,
                                     struct lull_driver **driver, struct lull_failure *failure)
{
    struct driver_tap *tap = calloc(1, sizeof *tap);
    if (tap == NULL || !driver_tap_allocate(tap)) {
        free(tap);
        driver_failure_set(failure, ENOMEM, "buffers for an interface", NULL);
        return LULL_ENOMEM;
    }
    tap->driver.operations = &driver_tap_operations;
    tap->driver.descriptor = -1;
    const enum lull_error error = open_device(tap, config, failure);
    if (error != LULL_OK) {
        give_up(tap, config);
        return error;
    }
    *driver = &tap->driver;
    return LULL_OK;
}
