/* Frames to and from the Linux kernel.  Runs in a network namespace of its own; what comes from
 * the kernel is waited for with poll(), never slept for. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lull/devices.h"

#include "driver/driver_frame.h"
#include "driver/driver_tap.h"
#include "driver_test.h"
#include "own_namespace.h"

#define WAIT_MS     5000
#define UDP_PORT    7000
#define TEXT_BYTES  20000
#define SEGMENT     1400
#define PIECE_COUNT ((TEXT_BYTES + SEGMENT - 1) / SEGMENT)

static struct made_segment made;
static uint8_t buffer[70000];

static void set_ipv4(struct sockaddr *to, uint32_t word)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(word)}};
    memcpy(to, &address, sizeof address);
}

static void control(unsigned long request, void *argument)
{
    const int any = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(any >= 0);
    assert_int_equal(ioctl(any, request, argument), 0);
    close(any);
}

/* Give the kernel's side 10.9.0.1/24 and switch it on. */
static void bring_up(const struct lull_driver *driver)
{
    struct ifreq request = {0};
    strncpy(request.ifr_name, lull_driver_tap_name(driver), IFNAMSIZ - 1);
    set_ipv4(&request.ifr_addr, KERNEL_WORD);
    control(SIOCSIFADDR, &request);
    set_ipv4(&request.ifr_netmask, 0xffffff00);
    control(SIOCSIFNETMASK, &request);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    control(SIOCSIFFLAGS, &request);
}

/* So that the kernel need not ask. */
static void tell_our_hardware(const struct lull_driver *driver)
{
    struct arpreq request = {.arp_flags = ATF_PERM | ATF_COM};
    set_ipv4(&request.arp_pa, OUR_WORD);
    request.arp_ha.sa_family = ARPHRD_ETHER;
    memcpy(request.arp_ha.sa_data, driver->hardware, 6);
    strncpy(request.arp_dev, lull_driver_tap_name(driver), sizeof request.arp_dev - 1);
    control(SIOCSARP, &request);
}

static void read_kernel_hardware(const struct lull_driver *driver, uint8_t hardware[6])
{
    struct ifreq request = {0};
    strncpy(request.ifr_name, lull_driver_tap_name(driver), IFNAMSIZ - 1);
    control(SIOCGIFHWADDR, &request);
    memcpy(hardware, request.ifr_hwaddr.sa_data, 6);
}

static struct lull_driver *open_tap(unsigned flags)
{
    const struct lull_tap_config config = {.name = "tap9", .flags = flags};
    struct lull_driver *driver;
    struct lull_failure failure = {0};
    if (lull_driver_tap_open(&config, &driver, &failure) != LULL_OK)
        fail_msg("%s", failure.text);
    bring_up(driver);
    if (!(flags & LULL_TAP_TUN))
        tell_our_hardware(driver);
    return driver;
}

static void close_tap(struct lull_driver *driver)
{
    driver->operations->close(driver);
}

static void wait_readable(int descriptor)
{
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
}

/* A packet socket on the kernel's side, which sees offloads as the device does. */
static int open_packet_socket(const struct lull_driver *driver)
{
    const int one = 1;
    const int handle = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_IP),
        .sll_ifindex = (int)if_nametoindex(lull_driver_tap_name(driver)),
    };
    assert_true(handle >= 0);
    assert_int_equal(setsockopt(handle, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one), 0);
    assert_int_equal(bind(handle, (const struct sockaddr *)&address, sizeof address), 0);
    return handle;
}

/* The next IPv4 frame the kernel sends us that is not its own chatter. */
static struct lull_input receive_ipv4(struct lull_driver *driver)
{
    struct lull_input input;
    for (;;) {
        wait_readable(driver->descriptor);
        if (driver->operations->receive(driver, &input, 1) != 1)
            continue;
        const uint8_t *bytes = input.bytes.data;
        if (load_be16(bytes + 12) == ETHERNET_IPV4)
            return input;
    }
}

static void make_super_segment(const struct lull_driver *driver)
{
    const struct segment_shape shape = {.link_bytes = 14,
                                        .text_bytes = TEXT_BYTES,
                                        .flags = TCP_ACK | TCP_PSH,
                                        .seq = 1000,
                                        .segment_bytes = SEGMENT};
    uint8_t kernel[6];
    struct prng prng;
    prng_seed(&prng, 1);
    make_segment(&made, &shape, &prng);
    read_kernel_hardware(driver, kernel);
    put_link_header(made.bytes, kernel, driver->hardware);
}

/* Downwards: what we send. */

static void a_long_segment_reaches_the_kernel_in_one_frame(void **state)
{
    struct lull_driver *driver = open_tap(0);
    const int sniffer = open_packet_socket(driver);
    struct virtio_net_hdr header;
    (void)state;
    assert_int_equal(driver->capabilities, LULL_CAN_CHECKSUM | LULL_CAN_SEGMENT);
    make_super_segment(driver);
    const struct lull_frame frame = frame_of_segment(&made);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
    driver->operations->flush(driver);
    wait_readable(sniffer);
    const ssize_t got = recv(sniffer, buffer, sizeof buffer, 0);
    assert_int_equal(got, sizeof header + made.len);
    memcpy(&header, buffer, sizeof header);
    assert_int_equal(header.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
    assert_int_equal(header.gso_size, SEGMENT);
    assert_int_equal(header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
    assert_int_equal(header.csum_start, 34);
    assert_memory_equal(buffer + sizeof header, made.bytes, made.len);
    assert_int_equal(driver->frames_out, 1);
    assert_int_equal(driver->bytes_out, made.len);
    close(sniffer);
    close_tap(driver);
}

static void without_offloads_a_long_segment_is_cut_in_software(void **state)
{
    struct lull_driver *driver = open_tap(LULL_TAP_NO_OFFLOAD);
    const int sniffer = open_packet_socket(driver);
    size_t text = 0;
    (void)state;
    assert_int_equal(driver->capabilities, 0);
    make_super_segment(driver);
    const struct lull_frame frame = frame_of_segment(&made);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
    for (int i = 0; i < PIECE_COUNT; i++) {
        struct ipv4_header ip;
        struct tcp_segment tcp;
        wait_readable(sniffer);
        const ssize_t got = recv(sniffer, buffer, sizeof buffer, 0);
        const size_t at = sizeof(struct virtio_net_hdr) + 14;
        assert_true(got > (ssize_t)at);
        assert_whole_segment((struct span){buffer + at, (size_t)got - at}, &ip, &tcp);
        assert_memory_equal(tcp.text.data, made.bytes + made.text_at + text, tcp.text.len);
        text += tcp.text.len;
    }
    assert_int_equal(text, TEXT_BYTES);
    close(sniffer);
    close_tap(driver);
}

static int open_kernel_udp(void)
{
    const int handle = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(UDP_PORT), .sin_addr = {htonl(KERNEL_WORD)}};
    assert_int_equal(bind(handle, (const struct sockaddr *)&address, sizeof address), 0);
    return handle;
}

/* A datagram for the kernel whose checksum is left to the device, in header and @slices. */
static struct lull_frame make_datagram(const struct lull_driver *driver, unsigned slices)
{
    const size_t text = 1001;
    uint8_t kernel[6], *udp = made.bytes + 34;
    read_kernel_hardware(driver, kernel);
    put_link_header(made.bytes, kernel, driver->hardware);
    put_ip_header(made.bytes + 14, IPV4_UDP, 8 + text, 0);
    store_be16(udp, 9);
    store_be16(udp + 2, UDP_PORT);
    store_be16(udp + 4, (uint16_t)(8 + text));
    const struct checksum_pseudo pseudo = pseudo_of(IPV4_UDP, 8 + text);
    store_be16(udp + 6, checksum_pseudo_partial(&pseudo));
    for (size_t i = 0; i < text; i++)
        udp[8 + i] = (uint8_t)(i * 7);
    struct lull_frame frame = frame_of((struct span){made.bytes, 42 + text}, 42, slices);
    frame.offload = (struct lull_offload){.checksum_start = 34, .checksum_field = 40};
    return frame;
}

/* The kernel verifies: it would drop a datagram with a wrong checksum. */
static void check_kernel_takes_a_datagram(unsigned flags)
{
    for (unsigned slices = 1; slices <= LULL_FRAME_SLICES; slices += 19) {
        struct lull_driver *driver = open_tap(flags);
        const int receiver = open_kernel_udp();
        const struct lull_frame frame = make_datagram(driver, slices);
        assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
        wait_readable(receiver);
        assert_int_equal(recv(receiver, buffer, sizeof buffer, 0), 1001);
        assert_memory_equal(buffer, made.bytes + 42, 1001);
        close(receiver);
        close_tap(driver);
    }
}

static void the_kernel_finishes_a_partial_checksum(void **state)
{
    (void)state;
    check_kernel_takes_a_datagram(0);
}

static void without_offloads_a_checksum_is_finished_in_software(void **state)
{
    (void)state;
    check_kernel_takes_a_datagram(LULL_TAP_NO_OFFLOAD);
}

/* Upwards: what we receive. */

static void a_long_segment_from_the_kernel_arrives_in_one_frame(void **state)
{
    struct lull_driver *driver = open_tap(0);
    const int sender = open_packet_socket(driver);
    const struct virtio_net_hdr header = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                          .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
                                          .hdr_len = 54,
                                          .gso_size = SEGMENT,
                                          .csum_start = 34,
                                          .csum_offset = 16};
    (void)state;
    driver->interface = 4;
    make_super_segment(driver);
    memcpy(buffer, &header, sizeof header);
    memcpy(buffer + sizeof header, made.bytes, made.len);
    assert_int_equal(send(sender, buffer, sizeof header + made.len, 0), sizeof header + made.len);
    const struct lull_input input = receive_ipv4(driver);
    assert_int_equal(input.bytes.len, made.len);
    assert_memory_equal(input.bytes.data, made.bytes, made.len);
    assert_int_equal(input.offload.segment_bytes, SEGMENT);
    assert_int_equal(input.offload.checksum_start, 34);
    assert_int_equal(input.offload.checksum_field, 50);
    assert_int_equal(input.offload.checksum_trusted, 1);
    assert_int_equal(input.interface, 4);
    close(sender);
    close_tap(driver);
}

static void without_offloads_the_kernel_cuts_before_we_receive(void **state)
{
    struct lull_driver *driver = open_tap(LULL_TAP_NO_OFFLOAD);
    const int sender = open_packet_socket(driver);
    const struct virtio_net_hdr header = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
                                          .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
                                          .hdr_len = 54,
                                          .gso_size = SEGMENT,
                                          .csum_start = 34,
                                          .csum_offset = 16};
    (void)state;
    make_super_segment(driver);
    memcpy(buffer, &header, sizeof header);
    memcpy(buffer + sizeof header, made.bytes, made.len);
    assert_int_equal(send(sender, buffer, sizeof header + made.len, 0), sizeof header + made.len);
    for (int i = 0; i < PIECE_COUNT; i++) {
        struct ipv4_header ip;
        struct tcp_segment tcp;
        const struct lull_input input = receive_ipv4(driver);
        assert_int_equal(input.offload.checksum_trusted, 0);
        assert_whole_segment(
            (struct span){(const uint8_t *)input.bytes.data + 14, input.bytes.len - 14}, &ip, &tcp);
    }
    close(sender);
    close_tap(driver);
}

static void send_from_kernel(int handle, const void *text, size_t len)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(OUR_WORD)}};
    assert_int_equal(sendto(handle, text, len, 0, (const struct sockaddr *)&to, sizeof to), len);
}

/* The kernel leaves the checksum to its device, which is us; finished, it is right. */
static void a_partial_checksum_from_the_kernel_is_trusted(void **state)
{
    struct lull_driver *driver = open_tap(0);
    const int sender = open_kernel_udp();
    (void)state;
    send_from_kernel(sender, "hello", 5);
    const struct lull_input input = receive_ipv4(driver);
    assert_int_equal(input.offload.checksum_start, 34);
    assert_int_equal(input.offload.checksum_field, 40);
    assert_int_equal(input.offload.checksum_trusted, 1);
    assert_memory_equal((const uint8_t *)input.bytes.data + 42, "hello", 5);

    const size_t bytes = input.bytes.len;
    memcpy(buffer, input.bytes.data, bytes);
    assert_true(driver_frame_complete_checksum(buffer, bytes, &input.offload));
    struct checksum sum = {0};
    const struct checksum_pseudo pseudo = pseudo_of(IPV4_UDP, bytes - 34);
    checksum_add_pseudo(&sum, &pseudo);
    checksum_add(&sum, buffer + 34, bytes - 34);
    assert_int_equal(checksum_finish(&sum), 0);
    close(sender);
    close_tap(driver);
}

static void many_frames_arrive_in_batches_in_order(void **state)
{
    struct lull_driver *driver = open_tap(0);
    const int sender = open_kernel_udp();
    struct lull_input inputs[100];
    uint32_t expected = 0;
    (void)state;
    for (uint32_t i = 0; i < 150; i++)
        send_from_kernel(sender, &i, sizeof i);
    while (expected < 150) {
        wait_readable(driver->descriptor);
        const int count = driver->operations->receive(driver, inputs, 100);
        assert_in_range(count, 1, 64);
        for (int i = 0; i < count; i++) {
            const uint8_t *bytes = inputs[i].bytes.data;
            if (load_be16(bytes + 12) != ETHERNET_IPV4 || bytes[23] != IPV4_UDP)
                continue;
            assert_memory_equal(bytes + 42, &expected, sizeof expected);
            expected++;
        }
    }
    assert_true(driver->frames_in >= 150);
    close(sender);
    close_tap(driver);
}

static void nothing_waiting_is_no_error(void **state)
{
    struct lull_driver *driver = open_tap(LULL_TAP_TUN);
    struct lull_input input;
    (void)state;
    while (driver->operations->receive(driver, &input, 1) == 1)
        continue;
    assert_int_equal(driver->operations->receive(driver, &input, 1), 0);
    close_tap(driver);
}

/* An echo request without link header; the kernel's answer comes without one too. */
static void a_tun_device_carries_bare_packets(void **state)
{
    struct lull_driver *driver = open_tap(LULL_TAP_TUN);
    struct lull_input input = {0};
    const uint8_t echo[8] = {8, 0, 0xf7, 0xfa, 0, 1, 0, 4};
    (void)state;
    assert_memory_equal(driver->hardware, (uint8_t[6]){0}, 6);
    put_ip_header(made.bytes, IPV4_ICMP, sizeof echo, 0);
    memcpy(made.bytes + 20, echo, sizeof echo);
    const struct lull_frame frame = frame_of((struct span){made.bytes, 28}, 28, 0);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_OK);
    do {
        wait_readable(driver->descriptor);
        assert_true(driver->operations->receive(driver, &input, 1) >= 0);
    } while (input.bytes.len != 28);
    assert_int_equal(((const uint8_t *)input.bytes.data)[20], 0); /* echo reply */
    close_tap(driver);
}

/* Opening. */

static enum lull_error try_open(const char *name, unsigned flags, struct lull_failure *failure)
{
    const struct lull_tap_config config = {.name = name, .flags = flags};
    struct lull_driver *driver;
    const enum lull_error error = lull_driver_tap_open(&config, &driver, failure);
    if (error == LULL_OK)
        close_tap(driver);
    return error;
}

static void a_name_that_is_held_is_refused(void **state)
{
    struct lull_driver *driver = open_tap(0);
    struct lull_failure failure;
    (void)state;
    assert_int_equal(try_open("tap9", 0, &failure), LULL_EADDRINUSE);
    assert_int_equal(failure.os_error, EBUSY);
    assert_non_null(strstr(failure.text, "tap9"));
    assert_non_null(strstr(failure.text, "another process"));
    close_tap(driver);
    assert_int_equal(try_open("tap9", 0, NULL), LULL_OK);
}

static void a_name_of_something_else_is_refused(void **state)
{
    struct lull_failure failure;
    (void)state;
    assert_int_equal(try_open("lo", 0, &failure), LULL_EINVAL);
    assert_non_null(strstr(failure.text, "another kind"));
    assert_int_equal(try_open("sixteen_letters_", 0, &failure), LULL_EINVAL);
    assert_non_null(strstr(failure.text, "15"));
    assert_int_equal(failure.os_error, 0);
    assert_int_equal(try_open("fifteen_letters", 0, NULL), LULL_OK);
}

static void without_a_name_the_kernel_chooses(void **state)
{
    struct lull_driver *driver;
    (void)state;
    assert_int_equal(lull_driver_tap_open(&(struct lull_tap_config){0}, &driver, NULL), LULL_OK);
    assert_memory_equal(lull_driver_tap_name(driver), "tap", 3);
    close_tap(driver);
}

/* A user namespace of its own has no power over this network namespace. */
static void a_missing_permission_is_explained(void **state)
{
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        struct lull_failure failure = {0};
        if (unshare(CLONE_NEWUSER) < 0)
            _exit(0);
        const enum lull_error error = try_open("tap8", 0, &failure);
        _exit(error == LULL_EIO && failure.os_error == EPERM
                      && strstr(failure.text, "CAP_NET_ADMIN") != NULL
                  ? 0
                  : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void the_hardware_address_is_stable_and_not_the_kernels(void **state)
{
    uint8_t kernel[6], first[6];
    (void)state;
    struct lull_driver *driver = open_tap(0);
    memcpy(first, driver->hardware, 6);
    read_kernel_hardware(driver, kernel);
    assert_memory_not_equal(first, kernel, 6);
    assert_int_equal(first[0] & 3, 2); /* local, not a group */
    close_tap(driver);
    driver = open_tap(0);
    assert_memory_equal(driver->hardware, first, 6);
    close_tap(driver);

    const struct lull_tap_config other = {.name = "tap8"};
    assert_int_equal(lull_driver_tap_open(&other, &driver, NULL), LULL_OK);
    assert_memory_not_equal(driver->hardware, first, 6);
    close_tap(driver);
}

/* An interface that already has the derived address: it outlives its first driver. */
static void the_kernels_address_is_never_taken(void **state)
{
    const struct lull_tap_config config = {.name = "tap9", .flags = LULL_TAP_QUEUE};
    struct lull_driver *first, *second;
    struct ifreq request = {0};
    (void)state;
    assert_int_equal(lull_driver_tap_open(&config, &first, NULL), LULL_OK);
    strncpy(request.ifr_name, "tap9", IFNAMSIZ - 1);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(request.ifr_hwaddr.sa_data, first->hardware, 6);
    control(SIOCSIFHWADDR, &request);
    assert_int_equal(lull_driver_tap_open(&config, &second, NULL), LULL_OK);
    assert_memory_not_equal(second->hardware, first->hardware, 6);
    assert_memory_equal(second->hardware, first->hardware, 5);
    close_tap(first);
    close_tap(second);
}

static void the_mtu_is_the_interfaces_unless_told(void **state)
{
    struct lull_tap_config config = {.name = "tap9"};
    struct lull_driver *driver;
    (void)state;
    assert_int_equal(lull_driver_tap_open(&config, &driver, NULL), LULL_OK);
    assert_int_equal(driver->mtu, 1500);
    close_tap(driver);
    config.mtu = 900;
    assert_int_equal(lull_driver_tap_open(&config, &driver, NULL), LULL_OK);
    assert_int_equal(driver->mtu, 900);
    close_tap(driver);
}

static int attach_by_hand(short flags)
{
    struct ifreq request = {.ifr_flags = flags};
    const int descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    strncpy(request.ifr_name, "tap9", IFNAMSIZ - 1);
    assert_int_equal(ioctl(descriptor, TUNSETIFF, &request), 0);
    return descriptor;
}

static void a_descriptor_can_be_adopted(void **state)
{
    const struct lull_tap_config config = {
        .flags = LULL_TAP_ADOPT, .descriptor = attach_by_hand(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)};
    struct lull_driver *driver;
    struct lull_input input;
    (void)state;
    assert_int_equal(lull_driver_tap_open(&config, &driver, NULL), LULL_OK);
    assert_string_equal(lull_driver_tap_name(driver), "tap9");
    assert_int_equal(driver->capabilities, LULL_CAN_CHECKSUM | LULL_CAN_SEGMENT);
    assert_int_equal(driver->operations->receive(driver, &input, 1), 0); /* does not block */
    close_tap(driver);
    assert_int_equal(fcntl(config.descriptor, F_GETFD), -1);
}

static void a_refused_descriptor_stays_the_callers(void **state)
{
    const struct lull_tap_config config = {.flags = LULL_TAP_ADOPT,
                                           .descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)};
    struct lull_driver *driver;
    struct lull_failure failure;
    (void)state;
    assert_int_equal(lull_driver_tap_open(&config, &driver, &failure), LULL_EIO);
    assert_int_equal(failure.os_error, ENOTTY);
    assert_int_equal(close(config.descriptor), 0);
}

/* Trouble. */

static void a_frame_for_a_device_that_is_down_is_lost_and_counted(void **state)
{
    const struct lull_tap_config config = {.name = "tap9"};
    struct lull_driver *driver;
    (void)state;
    assert_int_equal(lull_driver_tap_open(&config, &driver, NULL), LULL_OK);
    make_super_segment(driver);
    const struct lull_frame frame = frame_of_segment(&made);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_EAGAIN);
    assert_int_equal(driver->dropped_out, 1);
    assert_int_equal(driver->frames_out, 0);
    close_tap(driver);
}

static void a_deleted_interface_is_gone(void **state)
{
    struct lull_driver *driver = open_tap(0);
    struct lull_input input;
    (void)state;
    make_super_segment(driver);
    const struct lull_frame frame = frame_of_segment(&made);
    if (system("ip link delete tap9") != 0)
        skip();
    assert_int_equal(driver->operations->receive(driver, &input, 1), LULL_EIO);
    assert_int_equal(driver->operations->send(driver, &frame), LULL_EIO);
    close_tap(driver);
}

/* The kernel never does this; here a socket takes its place. */
static void what_no_kernel_would_send_is_passed_over(void **state)
{
    const struct virtio_net_hdr junk = {.gso_type = 77}, good = {0};
    struct driver_tap *tap = calloc(1, sizeof *tap);
    struct lull_input input;
    int ends[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
    assert_true(driver_tap_allocate(tap));
    tap->driver.operations = &driver_tap_operations;
    tap->driver.descriptor = ends[0];
    tap->virtio_bytes = sizeof good;
    memcpy(buffer, &junk, sizeof junk);
    assert_int_equal(send(ends[1], buffer, sizeof junk + 100, 0), sizeof junk + 100);
    assert_int_equal(send(ends[1], &good, sizeof good, 0), sizeof good); /* and no frame */
    memcpy(buffer, &good, sizeof good);
    assert_int_equal(send(ends[1], buffer, sizeof good + 60, 0), sizeof good + 60);
    assert_int_equal(tap->driver.operations->receive(&tap->driver, &input, 1), 1);
    assert_int_equal(input.bytes.len, 60);
    assert_int_equal(tap->driver.operations->receive(&tap->driver, &input, 1), 0);
    close_tap(&tap->driver);
    close(ends[1]);
}

static void a_frame_that_is_none_is_refused(void **state)
{
    struct lull_driver *driver = open_tap(LULL_TAP_NO_OFFLOAD);
    (void)state;
    make_super_segment(driver);
    struct lull_frame frame = frame_of_segment(&made);
    frame.header[23] = IPV4_UDP; /* now the header's checksum is wrong too */
    assert_int_equal(driver->operations->send(driver, &frame), LULL_EINVAL);
    frame = frame_of_segment(&made);
    frame.offload = (struct lull_offload){.checksum_start = 34, .checksum_field = 65000};
    assert_int_equal(driver->operations->send(driver, &frame), LULL_EINVAL);
    assert_int_equal(driver->dropped_out, 2);
    close_tap(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_segment_reaches_the_kernel_in_one_frame),
        cmocka_unit_test(without_offloads_a_long_segment_is_cut_in_software),
        cmocka_unit_test(the_kernel_finishes_a_partial_checksum),
        cmocka_unit_test(without_offloads_a_checksum_is_finished_in_software),
        cmocka_unit_test(a_long_segment_from_the_kernel_arrives_in_one_frame),
        cmocka_unit_test(without_offloads_the_kernel_cuts_before_we_receive),
        cmocka_unit_test(a_partial_checksum_from_the_kernel_is_trusted),
        cmocka_unit_test(many_frames_arrive_in_batches_in_order),
        cmocka_unit_test(nothing_waiting_is_no_error),
        cmocka_unit_test(a_tun_device_carries_bare_packets),
        cmocka_unit_test(a_name_that_is_held_is_refused),
        cmocka_unit_test(a_name_of_something_else_is_refused),
        cmocka_unit_test(without_a_name_the_kernel_chooses),
        cmocka_unit_test(a_missing_permission_is_explained),
        cmocka_unit_test(the_hardware_address_is_stable_and_not_the_kernels),
        cmocka_unit_test(the_kernels_address_is_never_taken),
        cmocka_unit_test(the_mtu_is_the_interfaces_unless_told),
        cmocka_unit_test(a_descriptor_can_be_adopted),
        cmocka_unit_test(a_refused_descriptor_stays_the_callers),
        cmocka_unit_test(a_frame_for_a_device_that_is_down_is_lost_and_counted),
        cmocka_unit_test(a_deleted_interface_is_gone),
        cmocka_unit_test(what_no_kernel_would_send_is_passed_over),
        cmocka_unit_test(a_frame_that_is_none_is_refused),
    };
    enter_own_namespace();
    skip_without_tap_devices();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
