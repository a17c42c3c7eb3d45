#include "cli/cli_wrap.h"

#include <stdlib.h>

#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/tcp_header.h"

static struct cli_wrap *wrap_of(struct lull_driver *driver)
{
    return (struct cli_wrap *)driver; /* the driver is its first member */
}

static int receive(struct lull_driver *driver, struct lull_input *frames, int count)
{
    struct cli_wrap *w = wrap_of(driver);
    w->inner->interface = driver->interface;
    if (w->frames_at_once > 0 && count > w->frames_at_once)
        count = w->frames_at_once;
    int got = w->inner->operations->receive(w->inner, frames, count);

    for (int i = 0; i < got && w->arrives != NULL; i++)
        w->arrives(w->context, &frames[i]);
    return got;
}

static enum lull_error send(struct lull_driver *driver, const struct lull_frame *frame)
{
    struct cli_wrap *w = wrap_of(driver);

    if (w->leaves != NULL && !w->leaves(w->context, frame))
        return LULL_OK;
    return w->inner->operations->send(w->inner, frame);
}

static void flush(struct lull_driver *driver)
{
    struct cli_wrap *w = wrap_of(driver);

    if (w->flushes != NULL)
        w->flushes(w->context);
    if (w->inner->operations->flush != NULL)
        w->inner->operations->flush(w->inner);
}

static void close_wrap(struct lull_driver *driver)
{
    struct cli_wrap *w = wrap_of(driver);

    w->inner->operations->close(w->inner);
    free(w->context);
    free(w);
}

static const struct lull_driver_operations operations = {
    .receive = receive, .send = send, .flush = flush, .close = close_wrap};

struct lull_driver *cli_wrap_open(struct cli_wrap *wrap, struct lull_driver *inner,
                                  enum lull_link link)
{
    wrap->driver = *inner;
    wrap->driver.operations = &operations;
    wrap->inner = inner;
    wrap->link = link;
    return &wrap->driver;
}

/* An empty span when the frame holds no IPv4. */
static struct span packet_of(enum lull_link link, struct span frame)
{
    struct ethernet_header header;
    struct span packet;

    if (link != LULL_LINK_ETHERNET)
        return frame;
    if (ethernet_parse(frame, &header, &packet) && header.type == ETHERNET_IPV4)
        return packet;
    return (struct span){frame.data, 0};
}

bool cli_wrap_segment(enum lull_link link, const void *bytes, size_t len,
                      struct tcp_segment *segment)
{
    struct span packet = packet_of(link, (struct span){bytes, len});
    struct ipv4_header ip;
    struct span payload;

    return ipv4_parse_quoted(packet, &ip, &payload) == IPV4_OK && ip.protocol == IPV4_TCP
           && tcp_header_parse(payload, segment);
}
