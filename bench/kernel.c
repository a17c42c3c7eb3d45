/* kernel.c - the peer of memory.c: the kernel's TCP over loopback, the same work.
 *
 *   bench_kernel churn [--cycles N] [--batches N]
 *   bench_kernel bulk  [--bytes N]
 *
 * Both ends in one thread, so that the figure is the CPU time of both.  A cycle is connect, one
 * byte each way, the client closes, the server closes.  To be run in a network namespace of its
 * own, because it fills the TIME-WAIT table of the one it is in. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORTS 16

static void must(int fact, const char *what)
{
    if (fact)
        return;
    perror(what);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct sockaddr_in target(unsigned n)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)(5000 + n % PORTS)),
                                .sin_addr = {htonl(0x7f000001u + n / PORTS % 8)}};
}

static int listen_at(unsigned n)
{
    struct sockaddr_in name = target(n);
    int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);

    name.sin_addr.s_addr = 0;
    must(s >= 0, "socket");
    must(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0, "SO_REUSEADDR");
    must(bind(s, (struct sockaddr *)&name, sizeof name) == 0, "bind");
    must(listen(s, 64) == 0, "listen");
    return s;
}

static void cycle(const int listeners[PORTS], unsigned n)
{
    struct sockaddr_in to = target(n);
    char byte;
    int client = socket(AF_INET, SOCK_STREAM, 0);

    must(client >= 0, "socket");
    must(connect(client, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    int server = accept(listeners[n % PORTS], NULL, NULL);
    must(server >= 0, "accept");
    must(write(client, "x", 1) == 1 && read(server, &byte, 1) == 1, "request");
    must(write(server, "x", 1) == 1 && read(client, &byte, 1) == 1, "reply");
    close(client);
    close(server);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void churn(unsigned long cycles, unsigned long batches)
{
    int listeners[PORTS];
    unsigned long per_batch = cycles / batches;
    double *ns = calloc(batches, sizeof *ns);
    unsigned n = 0;

    must(ns != NULL && per_batch > 0, "batches");
    for (unsigned i = 0; i < PORTS; i++)
        listeners[i] = listen_at(i);
    for (unsigned long i = 0; i < 1000; i++)
        cycle(listeners, n++);
    for (unsigned long b = 0; b < batches; b++) {
        double start = seconds();
        for (unsigned long i = 0; i < per_batch; i++)
            cycle(listeners, n++);
        ns[b] = (seconds() - start) * 1e9 / (double)per_batch;
    }
    qsort(ns, batches, sizeof *ns, compare);
    printf("{\"bench\":\"kernel-churn\",\"cycles\":%lu,\"ns_per_cycle\":%.0f,\"ns_p10\":%.0f,"
           "\"ns_p90\":%.0f,\"connections_per_second\":%.0f}\n",
           per_batch * batches, ns[batches / 2], ns[batches / 10], ns[batches * 9 / 10],
           1e9 / ns[batches / 2]);
    free(ns);
}

static void bulk(unsigned long bytes)
{
    static char text[65536];
    struct sockaddr_in to = target(0);
    int listener = listen_at(0), client = socket(AF_INET, SOCK_STREAM, 0);
    unsigned long received = 0;

    must(connect(client, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    int server = accept(listener, NULL, NULL);
    must(server >= 0, "accept");
    double start = seconds();
    while (received < bytes) {
        ssize_t sent = send(client, text, sizeof text, MSG_DONTWAIT);
        ssize_t got;
        (void)sent;
        while ((got = recv(server, text, sizeof text, MSG_DONTWAIT)) > 0)
            received += (unsigned long)got;
    }
    double took = seconds() - start;
    printf("{\"bench\":\"kernel-bulk\",\"bytes\":%lu,\"seconds\":%.3f,\"gbit_per_second\":%.2f}\n",
           received, took, (double)received * 8 / took / 1e9);
}

int main(int argc, char **argv)
{
    unsigned long cycles = 20000, batches = 20, bytes = 1ul << 30;

    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--cycles") == 0)
            cycles = strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--batches") == 0)
            batches = strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--bytes") == 0)
            bytes = strtoul(argv[i + 1], NULL, 10);
    }
    if (argc > 1 && strcmp(argv[1], "churn") == 0)
        churn(cycles, batches);
    else if (argc > 1 && strcmp(argv[1], "bulk") == 0)
        bulk(bytes);
    else
        return fprintf(stderr, "usage: bench_kernel churn|bulk [options]\n"), 2;
    return 0;
}
