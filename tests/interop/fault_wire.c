/* fault_wire.c - two TAP devices and a bad wire between them, in real time.
 *
 * The wire is the simulator's, run on the clock of the machine.  tc-netem(8) would do for the
 * kernel's own devices; this one needs no module, runs unprivileged in a namespace of its own,
 * and draws its faults from a seed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lull/devices.h"
#include "lull/host.h"

#include "base/time.h"
#include "fault_wire_options.h"
#include "sim/sim_link.h"

enum { EXIT_GONE = 1, EXIT_REFUSED = 2 };

#define BATCH_FRAMES 64
/* Beyond the MTU: the Ethernet header and a VLAN tag. */
#define LINK_BYTES 18

struct wire {
    struct lull_driver *ends[2];
    struct sim_link *links[2]; /* links[i] carries what ends[i] receives */
};

static volatile sig_atomic_t asked_to_end;

static void refuse(const char *what, const char *why)
{
    fprintf(stderr, "fault_wire: %s: %s\n", what, why);
    exit(EXIT_REFUSED);
}

/* Opening. */

static int open_namespace(const struct fault_wire_end *end)
{
    if (end->namespace[0] == '\0')
        return -1;
    const int descriptor = open(end->namespace, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        refuse(end->namespace, strerror(errno));
    return descriptor;
}

static struct lull_driver *open_device(const struct fault_wire_end *end, int namespace)
{
    const struct lull_tap_config config = {.name = end->device, .flags = LULL_TAP_NO_OFFLOAD};
    struct lull_driver *driver;
    struct lull_failure failure;
    if (namespace >= 0 && setns(namespace, CLONE_NEWNET) < 0)
        refuse(end->namespace, strerror(errno));
    if (lull_driver_tap_open(&config, &driver, &failure) != LULL_OK)
        refuse(end->device, failure.text);
    if (namespace >= 0)
        close(namespace);
    return driver;
}

/* All namespaces are found before the first is entered: from inside, their names may mean
 * something else. */
static void open_devices(struct wire *wire, const struct fault_wire_options *options)
{
    static const struct fault_wire_end here = {.namespace = "/proc/self/ns/net"};
    const int left = open_namespace(&options->ends[0]);
    int right = open_namespace(&options->ends[1]);
    if (left >= 0 && right < 0)
        right = open_namespace(&here); /* the left end is about to lead us away */
    wire->ends[0] = open_device(&options->ends[0], left);
    wire->ends[1] = open_device(&options->ends[1], right);
}

static void open_links(struct wire *wire, const struct sim_link_options *direction)
{
    for (int i = 0; i < 2; i++) {
        struct sim_link_options options = *direction;
        const uint16_t mtu = wire->ends[i]->mtu;
        options.seed = direction->seed * 2 + (uint64_t)i;
        options.frame_bytes = (uint32_t)mtu + LINK_BYTES;
        void *memory = malloc(sim_link_bytes(&options));
        if (memory == NULL)
            refuse("--queue", "not so much memory");
        wire->links[i] = sim_link_init(memory, &options);
    }
}

/* Carrying. */

static bool take_in(struct wire *wire, int from, lull_time now)
{
    struct lull_input frames[BATCH_FRAMES];
    struct lull_driver *end = wire->ends[from];
    const int count = end->operations->receive(end, frames, BATCH_FRAMES);
    for (int i = 0; i < count; i++)
        sim_link_send(wire->links[from], &frames[i], now);
    return count >= 0;
}

/* A frame for a device that is down is lost there, as it would be on a wire. */
static bool hand_out(struct wire *wire, int from, lull_time now)
{
    struct lull_driver *end = wire->ends[1 - from];
    struct lull_input input;
    while (sim_link_receive(wire->links[from], now, &input)) {
        const struct lull_frame frame = {
            .slices = {input.bytes},
            .slice_count = 1,
            .total_bytes = (uint32_t)input.bytes.len,
        };
        if (end->operations->send(end, &frame) == LULL_EIO)
            return false;
    }
    end->operations->flush(end);
    return true;
}

/* Frames are handed out at the instant of the sleep's end, so a frame is never early. */
static bool carry(struct wire *wire)
{
    const lull_time now = lull_host_clock_now();
    bool alive = true;
    for (int from = 0; from < 2; from++)
        alive = take_in(wire, from, now) && hand_out(wire, from, now) && alive;
    return alive;
}

static void sleep_until_something_happens(const struct wire *wire, const sigset_t *signals)
{
    struct pollfd ends[2];
    const lull_time wake = time_earlier(sim_link_next_deadline(wire->links[0]),
                                        sim_link_next_deadline(wire->links[1]));
    const lull_time now = lull_host_clock_now();
    const lull_duration patience = wake > now ? wake - now : 0;
    const struct timespec limit = {patience / LULL_SEC(1), patience % LULL_SEC(1)};
    for (int i = 0; i < 2; i++)
        ends[i] = (struct pollfd){.fd = wire->ends[i]->descriptor, .events = POLLIN};
    ppoll(ends, 2, wake == LULL_TIME_NEVER ? NULL : &limit, signals);
}

/* Ending. */

static void ask_to_end(int signal)
{
    (void)signal;
    asked_to_end = 1;
}

/* The signals come only while asleep, so none is missed between a look and a sleep. */
static void take_signals(sigset_t *while_asleep)
{
    const struct sigaction action = {.sa_handler = ask_to_end};
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigprocmask(SIG_BLOCK, &ours, while_asleep);
    sigdelset(while_asleep, SIGTERM);
    sigdelset(while_asleep, SIGINT);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static void print_counters(const char *direction, const struct sim_link *link)
{
    const struct sim_link_counters *c = &link->counters;
    printf("%s: sent %llu duplicated %llu delivered %llu lost %llu overflowed %llu oversized %llu "
           "in-flight %u corrupted %llu reordered %llu\n",
           direction, (unsigned long long)c->sent, (unsigned long long)c->duplicated,
           (unsigned long long)c->delivered, (unsigned long long)c->lost,
           (unsigned long long)c->overflowed, (unsigned long long)c->oversized, link->in_flight,
           (unsigned long long)c->corrupted, (unsigned long long)c->reordered);
}

static void close_wire(struct wire *wire)
{
    for (int i = 0; i < 2; i++) {
        wire->ends[i]->operations->close(wire->ends[i]);
        free(wire->links[i]);
    }
}

int main(int argc, char **argv)
{
    struct fault_wire_options options;
    struct wire wire;
    sigset_t while_asleep;
    char why[400];
    (void)argc;
    if (!fault_wire_options_parse(&options, argv + 1, why, sizeof why)) {
        fprintf(stderr, "fault_wire: %s\nfault_wire: --help lists the options\n", why);
        return EXIT_REFUSED;
    }
    if (options.help) {
        fault_wire_options_print_help(stdout);
        return 0;
    }
    take_signals(&while_asleep);
    open_devices(&wire, &options);
    open_links(&wire, &options.direction);
    puts("ready");
    fflush(stdout);

    bool alive = true;
    while (alive && !asked_to_end) {
        alive = carry(&wire);
        if (alive)
            sleep_until_something_happens(&wire, &while_asleep);
    }
    if (!alive)
        fputs("fault_wire: a device is gone\n", stderr);
    print_counters("left-to-right", wire.links[0]);
    print_counters("right-to-left", wire.links[1]);
    close_wire(&wire);
    return alive ? 0 : EXIT_GONE;
}
