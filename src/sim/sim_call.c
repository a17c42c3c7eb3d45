/* sim_call.c - socket calls, each told to the observers with what it was answered. */
#include "sim/sim_call.h"

#include "base/check.h"
#include "sim/sim_host.h"
#include "sim/sim_octets.h"
#include "sim/sim_packet.h"

static struct lull_stack *stack_of(const struct sim_world *w, unsigned host)
{
    LULL_CHECK(w->nodes[host].stack != NULL);
    return w->nodes[host].stack;
}

/* Calls have no clock.  A host that slept looks at its own before it asks its users, as the loop of
 * lull/host.h does. */
static struct lull_stack *woken(const struct sim_world *w, unsigned host)
{
    struct lull_stack *stack = stack_of(w, host);

    lull_stack_advance(stack, w->now);
    return stack;
}

static void tell(struct sim_world *w, unsigned host, const struct sim_call *call)
{
    w->calls++;
    sim_world_tell(w, &(struct sim_event){.kind = SIM_CALLED, .node = (uint8_t)host, .call = call});
}

/* A call about a socket, with the names it has now. */
static enum lull_error tell_socket(struct sim_world *w, unsigned host, struct sim_call *call)
{
    if (call->local.port == 0)
        (void)lull_socket_names(stack_of(w, host), call->socket, &call->local, &call->remote);
    tell(w, host, call);
    return call->error;
}

static struct sim_call call_named(const struct sim_world *w, unsigned host, const char *name,
                                  lull_socket socket)
{
    return (struct sim_call){
        .name = name, .socket = socket, .stream = sim_call_stream(w, host, socket)};
}

/* --- streams ----------------------------------------------------------------------------- */

uint32_t sim_call_stream(const struct sim_world *w, unsigned host, lull_socket socket)
{
    for (uint32_t i = w->stream_count; i-- > 0;) {
        const struct sim_stream *s = &w->streams[i];
        if (s->host == host && s->life == w->nodes[host].life && s->socket.index == socket.index
            && s->socket.generation == socket.generation)
            return i;
    }
    return SIM_STREAM_NONE;
}

static uint32_t add_stream(struct sim_world *w, unsigned host, lull_socket socket)
{
    LULL_CHECK(w->stream_count < w->stream_capacity);
    struct sim_stream *s = &w->streams[w->stream_count];
    *s = (struct sim_stream){.socket = socket,
                             .host = (uint8_t)host,
                             .life = w->nodes[host].life,
                             .voice = SIM_VOICE_NONE};
    (void)lull_socket_names(stack_of(w, host), socket, &s->local, &s->remote);
    return w->stream_count++;
}

/* --- calls ------------------------------------------------------------------------------- */

enum lull_error sim_call_open(struct sim_world *w, unsigned host, lull_socket *socket)
{
    w->calls++;
    return lull_socket_open(stack_of(w, host), socket);
}

enum lull_error sim_call_option(struct sim_world *w, unsigned host, lull_socket socket,
                                enum lull_option option, int64_t value)
{
    w->calls++;
    return lull_socket_set_option(stack_of(w, host), socket, option, value);
}

enum lull_error sim_call_bind(struct sim_world *w, unsigned host, lull_socket socket, uint16_t port)
{
    const struct lull_name name = {.address = w->nodes[host].address, .port = port};
    return sim_call_bind_name(w, host, socket, &name);
}

enum lull_error sim_call_bind_name(struct sim_world *w, unsigned host, lull_socket socket,
                                   const struct lull_name *name)
{
    struct sim_call call = call_named(w, host, "bind", socket);

    call.error = lull_socket_bind(woken(w, host), socket, name);
    call.local = *name;
    return tell_socket(w, host, &call);
}

enum lull_error sim_call_listen(struct sim_world *w, unsigned host, lull_socket socket,
                                unsigned backlog)
{
    struct sim_call call = call_named(w, host, "listen", socket);

    call.error = lull_socket_listen(woken(w, host), socket, backlog);
    return tell_socket(w, host, &call);
}

enum lull_error sim_call_connect(struct sim_world *w, unsigned host, lull_socket socket,
                                 const struct lull_name *remote)
{
    struct sim_call call = call_named(w, host, "connect", socket);

    call.error = lull_socket_connect(woken(w, host), socket, remote);
    (void)lull_socket_names(stack_of(w, host), socket, &call.local, &call.remote);
    call.remote = *remote;
    if (call.error == LULL_EINPROGRESS)
        call.stream = add_stream(w, host, socket);
    tell(w, host, &call);
    sim_host_speak(w, host); /* the stream has a voice before anything is written to it */
    return call.error;
}

/* Nothing was sent on the connection yet, so SND.NXT tells its ISS.  Whoever accepts one that has
 * died already has a stream without a voice. */
static uint32_t voice_of_accepted(const struct sim_world *w, unsigned host,
                                  const struct sim_stream *s)
{
    struct lull_tcp_info info;

    if (lull_socket_info(stack_of(w, host), s->socket, &info) != LULL_OK || info.snd_nxt == 0)
        return SIM_VOICE_NONE;
    return sim_ledger_find(&w->ledger, &s->local, &s->remote, seq_at(info.snd_nxt - 1));
}

enum lull_error sim_call_accept(struct sim_world *w, unsigned host, lull_socket listener,
                                uint32_t *stream)
{
    struct sim_call call = call_named(w, host, "accept", listener);
    lull_socket accepted;

    call.error = lull_socket_accept(stack_of(w, host), listener, &accepted);
    if (call.error != LULL_OK)
        return call.error;
    *stream = add_stream(w, host, accepted);
    struct sim_stream *s = &w->streams[*stream];
    s->voice = voice_of_accepted(w, host, s);
    call.stream = *stream;
    call.socket = accepted;
    return tell_socket(w, host, &call);
}

ptrdiff_t sim_call_send(struct sim_world *w, uint32_t stream, size_t bytes)
{
    struct sim_stream *s = &w->streams[stream];
    struct sim_call call = {.name = "send", .stream = stream, .socket = s->socket};
    uint8_t octets[SIM_CALL_BYTES_MAX];

    LULL_CHECK(bytes <= sizeof octets);
    sim_octets_fill(octets, bytes, s->voice, s->sent);
    ptrdiff_t taken =
        lull_socket_send(woken(w, s->host), s->socket, (struct lull_slice){octets, bytes});
    if (taken == LULL_EAGAIN)
        return taken; /* nothing has changed, so nobody need look again */
    call.local = s->local;
    call.remote = s->remote;
    call.offset = s->sent;
    if (taken > 0) {
        call.bytes = (size_t)taken;
        s->sent += (uint64_t)taken;
    } else {
        call.error = (enum lull_error)taken;
    }
    tell(w, s->host, &call);
    return taken;
}

ptrdiff_t sim_call_receive(struct sim_world *w, uint32_t stream, size_t most)
{
    struct sim_stream *s = &w->streams[stream];
    struct sim_call call = {.name = "receive", .stream = stream, .socket = s->socket};
    uint8_t octets[SIM_CALL_BYTES_MAX];

    LULL_CHECK(most <= sizeof octets);
    ptrdiff_t got = lull_socket_receive(woken(w, s->host), s->socket, octets, most);
    if (got == LULL_EAGAIN)
        return got;
    call.local = s->local;
    call.remote = s->remote;
    call.offset = s->received;
    if (got > 0) {
        call.bytes = (size_t)got;
        call.data = octets;
        s->received += (uint64_t)got;
    } else if (got == 0) {
        call.end = true;
        s->ended = true;
        s->ends++;
    } else {
        call.error = (enum lull_error)got;
    }
    tell(w, s->host, &call);
    return got;
}

enum lull_error sim_call_shutdown(struct sim_world *w, uint32_t stream)
{
    struct sim_stream *s = &w->streams[stream];
    struct sim_call call = {.name = "shutdown", .stream = stream, .socket = s->socket};

    call.error = lull_socket_shutdown(woken(w, s->host), s->socket, LULL_SHUT_SEND);
    s->finished |= call.error == LULL_OK;
    return tell_socket(w, s->host, &call);
}

static enum lull_error end(struct sim_world *w, unsigned host, struct sim_call *call, bool abort)
{
    struct lull_stack *stack = woken(w, host);

    (void)lull_socket_names(stack, call->socket, &call->local, &call->remote);
    if (call->stream != SIM_STREAM_NONE)
        w->streams[call->stream].finished = true;
    call->error =
        abort ? lull_socket_abort(stack, call->socket) : lull_socket_close(stack, call->socket);
    tell(w, host, call);
    return call->error;
}

enum lull_error sim_call_close(struct sim_world *w, unsigned host, lull_socket socket)
{
    struct sim_call call = call_named(w, host, "close", socket);
    return end(w, host, &call, false);
}

enum lull_error sim_call_abort(struct sim_world *w, unsigned host, lull_socket socket)
{
    struct sim_call call = call_named(w, host, "abort", socket);
    return end(w, host, &call, true);
}
