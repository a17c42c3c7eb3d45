/* host_loop.c - carry frames between drivers and one stack, and sleep in between.
 *
 * Everything that can wake the loop is a watch: drivers, the application's descriptors, the
 * request to stop, signals.  Input comes in one batch per driver and turn, and output is
 * bounded too, so that neither starves timers or the other; what is left over wakes the next
 * turn at once, because epoll reports levels. */
#include "host/host_loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/check.h"
#include "base/time.h"
#include "driver/driver_failure.h"
#include "host/host_watch.h"

#define BATCH_FRAMES     64
#define OUTPUT_FRAMES    1024
#define INTERFACES_BOUND 256 /* numbers that fit into a frame's interface */

struct port {
    struct lull_driver *driver;
    bool ready; /* to be asked for frames */
    bool sent;  /* to be flushed */
    bool gone;
};

struct lull_host_loop {
    struct lull_stack *stack;
    const struct host_loop_verbs *verbs;
    void (*application)(void *context, lull_time now);
    void *application_context;
    lull_time now; /* of this turn */
    int stop_event;
    int signals; /* signalfd; -1: signals are left alone */
    sigset_t signals_before;
    bool stopping;
    bool busy; /* more to do: do not sleep */
    unsigned port_count;
    struct port ports[LULL_HOST_DRIVERS_MAX];
    struct port *by_interface[INTERFACES_BOUND];
    struct host_watch watches;
};

lull_duration host_loop_patience(lull_time now, lull_time deadline, lull_time until)
{
    const lull_time wake = time_earlier(deadline, until);
    if (wake == LULL_TIME_NEVER)
        return -1;
    return wake <= now ? 0 : wake - now;
}

/* Creation and end. */

static void hear_stop(void *context, int descriptor, unsigned conditions)
{
    struct lull_host_loop *loop = context;
    uint64_t times;
    (void)conditions;
    if (read(descriptor, &times, sizeof times) > 0)
        loop->stopping = true;
}

static void hear_signal(void *context, int descriptor, unsigned conditions)
{
    struct lull_host_loop *loop = context;
    struct signalfd_siginfo signal;
    (void)conditions;
    if (read(descriptor, &signal, sizeof signal) > 0)
        loop->stopping = true;
}

static bool watch_own(struct lull_host_loop *loop, int descriptor,
                      void (*ready)(void *context, int descriptor, unsigned conditions))
{
    const struct lull_host_watch watch = {descriptor, LULL_HOST_READABLE, ready, loop};
    return host_watch_put(&loop->watches, &watch) == LULL_OK;
}

enum lull_error host_loop_open(struct lull_stack *stack, const struct host_loop_verbs *verbs,
                               struct lull_host_loop **loop, struct lull_failure *failure)
{
    struct lull_host_loop *made = calloc(1, sizeof *made);
    if (made == NULL) {
        driver_failure_set(failure, ENOMEM, "a loop", NULL);
        return LULL_ENOMEM;
    }
    made->stack = stack;
    made->verbs = verbs;
    made->signals = -1;
    made->stop_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!host_watch_open(&made->watches) || made->stop_event < 0
        || !watch_own(made, made->stop_event, hear_stop)) {
        driver_failure_set(failure, errno, "open the descriptors of a loop",
                           "raise the limit of open files (ulimit -n)");
        lull_host_loop_close(made);
        return LULL_EIO;
    }
    *loop = made;
    return LULL_OK;
}

static void forget_signals(struct lull_host_loop *loop)
{
    if (loop->signals < 0)
        return;
    close(loop->signals);
    pthread_sigmask(SIG_SETMASK, &loop->signals_before, NULL);
}

void lull_host_loop_close(struct lull_host_loop *loop)
{
    for (unsigned i = 0; i < loop->port_count; i++)
        loop->ports[i].driver->operations->close(loop->ports[i].driver);
    forget_signals(loop);
    host_watch_close(&loop->watches);
    if (loop->stop_event >= 0)
        close(loop->stop_event);
    free(loop);
}

/* Drivers. */

static void hear_driver(void *context, int descriptor, unsigned conditions)
{
    struct port *port = context;
    (void)descriptor;
    (void)conditions;
    port->ready = true;
}

static bool watch_driver(struct lull_host_loop *loop, struct port *port)
{
    const struct lull_host_watch watch = {port->driver->descriptor, LULL_HOST_READABLE, hear_driver,
                                          port};
    return watch.descriptor < 0 || host_watch_put(&loop->watches, &watch) == LULL_OK;
}

int lull_host_loop_add_driver(struct lull_host_loop *loop, struct lull_driver *driver,
                              enum lull_link link)
{
    struct lull_interface_config config = {link, driver->mtu, driver->capabilities, {0}};
    memcpy(config.hardware, driver->hardware, sizeof config.hardware);
    if (loop->port_count == LULL_HOST_DRIVERS_MAX)
        return LULL_ENOBUFS;
    struct port *port = &loop->ports[loop->port_count];
    *port = (struct port){.driver = driver, .ready = true};
    if (!watch_driver(loop, port))
        return LULL_EIO;
    const int interface = loop->verbs->add_interface(loop->stack, &config);
    if (interface < 0 || interface >= INTERFACES_BOUND) {
        host_watch_remove(&loop->watches, driver->descriptor);
        return interface < 0 ? interface : LULL_ENOBUFS;
    }
    driver->interface = (uint8_t)interface;
    loop->by_interface[interface] = port;
    loop->port_count++;
    return interface;
}

/* A device that is gone would report its end for ever. */
static void lose_driver(struct lull_host_loop *loop, struct port *port)
{
    port->gone = true;
    host_watch_remove(&loop->watches, port->driver->descriptor);
}

/* A device without a descriptor cannot report, so it is asked every time. */
static bool has_no_voice(const struct port *port)
{
    return port->driver->descriptor < 0;
}

/* The application's descriptors. */

enum lull_error lull_host_loop_watch(struct lull_host_loop *loop,
                                     const struct lull_host_watch *watch)
{
    return host_watch_put(&loop->watches, watch);
}

void lull_host_loop_unwatch(struct lull_host_loop *loop, int descriptor)
{
    host_watch_remove(&loop->watches, descriptor);
}

void lull_host_loop_set_application(struct lull_host_loop *loop,
                                    void (*turn)(void *context, lull_time now), void *context)
{
    loop->application = turn;
    loop->application_context = context;
}

/* One turn. */

static void receive_batch(struct lull_host_loop *loop, struct port *port)
{
    struct lull_input frames[BATCH_FRAMES];
    port->ready = has_no_voice(port);
    const int count = port->driver->operations->receive(port->driver, frames, BATCH_FRAMES);
    if (count < 0)
        lose_driver(loop, port);
    if (count <= 0)
        return;
    loop->verbs->input(loop->stack, frames, (unsigned)count, loop->now);
    if (has_no_voice(port))
        loop->busy = true; /* there may be more, and nobody would say so */
}

static void send_frame(struct lull_host_loop *loop, const struct lull_frame *frame)
{
    struct port *port = loop->by_interface[frame->interface];
    if (port == NULL || port->gone)
        return;
    if (port->driver->operations->send(port->driver, frame) == LULL_EIO) {
        lose_driver(loop, port);
        return;
    }
    port->sent = true;
    if (has_no_voice(port))
        loop->busy = true; /* it may have come back already */
}

static void send_output(struct lull_host_loop *loop)
{
    struct lull_frame frame;
    int sent = 0;
    while (sent < OUTPUT_FRAMES && loop->verbs->output(loop->stack, loop->now, &frame)) {
        send_frame(loop, &frame);
        sent++;
    }
    if (sent == OUTPUT_FRAMES)
        loop->busy = true;
    for (unsigned i = 0; i < loop->port_count; i++) {
        struct port *port = &loop->ports[i];
        if (port->sent)
            port->driver->operations->flush(port->driver);
        port->sent = false;
    }
}

static bool all_drivers_live(const struct lull_host_loop *loop)
{
    for (unsigned i = 0; i < loop->port_count; i++)
        if (loop->ports[i].gone)
            return false;
    return true;
}

/* The deadline is asked for last, when nothing moves it any more. */
static bool sleep_until(struct lull_host_loop *loop, lull_time until)
{
    const lull_time deadline = loop->verbs->next_deadline(loop->stack);
    const lull_duration patience =
        loop->busy ? 0 : host_loop_patience(loop->verbs->now(), deadline, until);
    return host_watch_wait(&loop->watches, patience);
}

enum lull_error lull_host_loop_turn(struct lull_host_loop *loop, lull_time until)
{
    loop->busy = false;
    loop->now = loop->verbs->now();
    for (unsigned i = 0; i < loop->port_count; i++)
        if (loop->ports[i].ready && !loop->ports[i].gone)
            receive_batch(loop, &loop->ports[i]);
    loop->verbs->advance(loop->stack, loop->now);
    if (loop->application != NULL)
        loop->application(loop->application_context, loop->now);
    send_output(loop);
    if (!all_drivers_live(loop))
        return LULL_EIO;
    return sleep_until(loop, until) ? LULL_OK : LULL_EIO;
}

enum lull_error lull_host_loop_run(struct lull_host_loop *loop)
{
    enum lull_error error = LULL_OK;
    while (error == LULL_OK && !loop->stopping)
        error = lull_host_loop_turn(loop, LULL_TIME_NEVER);
    send_output(loop); /* what a watch wrote after the last turn */
    loop->stopping = false;
    return error;
}

/* Stopping. */

void lull_host_loop_stop(struct lull_host_loop *loop)
{
    const uint64_t once = 1;
    const int saved = errno; /* whom a signal interrupted must not notice */
    /* It fails only when the loop has been told 2^64 times already. */
    if (write(loop->stop_event, &once, sizeof once) < 0)
        errno = saved;
}

enum lull_error lull_host_loop_stop_on_signals(struct lull_host_loop *loop)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    if (loop->signals >= 0)
        return LULL_OK;
    const int signals = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0)
        return LULL_EIO;
    if (!watch_own(loop, signals, hear_signal)) {
        close(signals);
        return LULL_EIO;
    }
    pthread_sigmask(SIG_BLOCK, &wanted, &loop->signals_before);
    loop->signals = signals;
    return LULL_OK;
}
