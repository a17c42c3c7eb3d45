/* host_watch.c - epoll with nanoseconds, and entries that may go while events are delivered.
 *
 * The sleep is epoll's own argument.  A timerfd was rejected: two more system calls each time
 * the next deadline moves, which is with almost every segment. */
#include "host/host_watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 64

bool host_watch_open(struct host_watch *set)
{
    *set = (struct host_watch){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return set->epoll >= 0;
}

void host_watch_close(struct host_watch *set)
{
    if (set->epoll >= 0)
        close(set->epoll);
    set->epoll = -1;
}

static struct host_watch_entry *find(struct host_watch *set, int descriptor)
{
    for (int i = 0; i < HOST_WATCH_MAX; i++)
        if (set->entries[i].used && set->entries[i].watch.descriptor == descriptor)
            return &set->entries[i];
    return NULL;
}

static struct host_watch_entry *find_free(struct host_watch *set)
{
    for (int i = 0; i < HOST_WATCH_MAX; i++)
        if (!set->entries[i].used)
            return &set->entries[i];
    return NULL;
}

static uint32_t to_epoll(unsigned conditions)
{
    return (conditions & LULL_HOST_READABLE ? EPOLLIN : 0u)
           | (conditions & LULL_HOST_WRITABLE ? EPOLLOUT : 0u);
}

static unsigned from_epoll(uint32_t events)
{
    return (events & EPOLLIN ? LULL_HOST_READABLE : 0u)
           | (events & EPOLLOUT ? LULL_HOST_WRITABLE : 0u)
           | (events & (EPOLLHUP | EPOLLERR) ? LULL_HOST_HANGUP : 0u);
}

/* What comes back with an event: generation above, place below. */
static uint64_t name_of(const struct host_watch *set, const struct host_watch_entry *entry)
{
    return (uint64_t)entry->generation << 32 | (uint64_t)(entry - set->entries);
}

static enum lull_error register_entry(struct host_watch *set, struct host_watch_entry *entry,
                                      int operation)
{
    struct epoll_event event = {.events = to_epoll(entry->watch.conditions),
                                .data.u64 = name_of(set, entry)};
    if (epoll_ctl(set->epoll, operation, entry->watch.descriptor, &event) == 0)
        return LULL_OK;
    if (errno == EBADF)
        return LULL_EBADF;
    entry->always = errno == EPERM;
    return entry->always ? LULL_OK : LULL_EIO;
}

enum lull_error host_watch_put(struct host_watch *set, const struct lull_host_watch *watch)
{
    struct host_watch_entry *entry = find(set, watch->descriptor);
    if (entry != NULL) {
        entry->watch = *watch;
        return entry->always ? LULL_OK : register_entry(set, entry, EPOLL_CTL_MOD);
    }
    entry = find_free(set);
    if (entry == NULL)
        return LULL_ENOBUFS;
    *entry = (struct host_watch_entry){*watch, entry->generation + 1, true, false};
    const enum lull_error error = register_entry(set, entry, EPOLL_CTL_ADD);
    entry->used = error == LULL_OK;
    return error;
}

void host_watch_remove(struct host_watch *set, int descriptor)
{
    struct host_watch_entry *entry = find(set, descriptor);
    if (entry == NULL)
        return;
    if (!entry->always)
        epoll_ctl(set->epoll, EPOLL_CTL_DEL, descriptor, NULL);
    entry->used = false;
}

/* Calls whoever waits for a regular file; false when nobody does. */
static bool serve_regular_files(struct host_watch *set)
{
    bool any = false;
    for (int i = 0; i < HOST_WATCH_MAX; i++) {
        const struct lull_host_watch watch = set->entries[i].watch;
        if (!set->entries[i].used || !set->entries[i].always || watch.conditions == 0)
            continue;
        watch.ready(watch.context, watch.descriptor, watch.conditions);
        any = true;
    }
    return any;
}

static void deliver(struct host_watch *set, const struct epoll_event *event)
{
    const struct host_watch_entry *entry = &set->entries[(uint32_t)event->data.u64];
    if (!entry->used || entry->generation != event->data.u64 >> 32)
        return; /* gone since, by the hand of an earlier event's callback */
    const struct lull_host_watch watch = entry->watch;
    watch.ready(watch.context, watch.descriptor, from_epoll(event->events));
}

bool host_watch_wait(struct host_watch *set, lull_duration patience)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    if (serve_regular_files(set))
        patience = 0;
    const struct timespec limit = {patience / LULL_SEC(1), patience % LULL_SEC(1)};
    const int count =
        epoll_pwait2(set->epoll, events, EVENTS_AT_ONCE, patience < 0 ? NULL : &limit, NULL);
    if (count < 0)
        return errno == EINTR;
    for (int i = 0; i < count; i++)
        deliver(set, &events[i]);
    return true;
}
