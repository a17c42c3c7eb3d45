/* cli_sim_campaign.c - workers take chunks of seeds; one teller goes through what they found.
 *
 * Totals add up to the same in any order.  Failing seeds do not, so they are told in order of
 * their chunks: a worker that is far ahead of the slowest waits.  Shrinking is done by the teller
 * alone, while the others go on. */
#include "cli/cli_sim_campaign.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli_options.h"
#include "cli/cli_sim_report.h"

#define CHUNK       64u   /* seeds: as many as a word has bits */
#define AHEAD       1024u /* chunks */
#define THREADS_MAX 1024u
#define BAR_WIDTH   24
#define GLANCE_MS   200

struct chunk {
    uint64_t failing; /* bit n: the n-th seed of it */
    int done;
};

struct campaign {
    const struct cli_sim *sim;
    uint64_t first, end; /* indices of seeds */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t taken, told, chunks;
    uint64_t runs_done;
    struct chunk ring[AHEAD];
    struct cli_sim_totals totals;
    unsigned workers, broken; /* broken: those that got no memory */
    /* Of the teller. */
    FILE *output;
    void *memory;
    uint64_t failed, shown;
    struct timespec began;
    int draws; /* a progress bar */
};

void *cli_sim_memory(void)
{
    const size_t bytes = (sim_run_bytes() + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);

    if (!memory)
        fprintf(stderr, "lull sim: not enough memory\n");
    return memory;
}

/* --- workers ----------------------------------------------------------------------------- */

/* The next chunk, or c->chunks when there is none. */
static uint64_t take(struct campaign *c)
{
    uint64_t number;

    pthread_mutex_lock(&c->lock);
    while (c->taken < c->chunks && c->taken >= c->told + AHEAD)
        pthread_cond_wait(&c->changed, &c->lock);
    number = c->taken;
    if (c->taken < c->chunks)
        c->taken++;
    pthread_mutex_unlock(&c->lock);
    return number;
}

static uint64_t end_of(const struct campaign *c, uint64_t chunk)
{
    const uint64_t end = c->first + (chunk + 1) * CHUNK;
    return end < c->end ? end : c->end;
}

static uint64_t run_chunk(const struct campaign *c, uint64_t chunk, void *memory,
                          struct cli_sim_totals *totals)
{
    const uint64_t first = c->first + chunk * CHUNK, end = end_of(c, chunk);
    uint64_t failing = 0;

    for (uint64_t i = first; i < end; i++) {
        struct sim_result result;
        sim_run(memory, &c->sim->setup, c->sim->seed + i, &result);
        cli_sim_totals_count(totals, &result);
        failing |= (uint64_t)(result.violations > 0) << (i - first);
    }
    return failing;
}

static void give_in(struct campaign *c, uint64_t number, uint64_t failing)
{
    pthread_mutex_lock(&c->lock);
    c->ring[number % AHEAD] = (struct chunk){.failing = failing, .done = 1};
    c->runs_done += end_of(c, number) - (c->first + number * CHUNK);
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

static void leave(struct campaign *c, const struct cli_sim_totals *totals, unsigned broken)
{
    pthread_mutex_lock(&c->lock);
    cli_sim_totals_add(&c->totals, totals);
    c->broken += broken;
    c->workers--;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *context)
{
    struct campaign *c = context;
    struct cli_sim_totals totals = {{0}};
    void *memory = cli_sim_memory();

    if (memory) {
        for (uint64_t n = take(c); n < c->chunks; n = take(c))
            give_in(c, n, run_chunk(c, n, memory, &totals));
        free(memory);
    }
    leave(c, &totals, memory == NULL);
    return NULL;
}

/* --- progress ---------------------------------------------------------------------------- */

static double seconds_since(const struct timespec *began)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

static void draw_bar(const struct campaign *c, uint64_t done)
{
    const uint64_t all = c->end - c->first;
    const double seconds = seconds_since(&c->began), share = (double)done / (double)all;
    const double rate = seconds > 0 ? (double)done / seconds : 0;
    const int full = (int)(share * BAR_WIDTH);
    char bar[BAR_WIDTH + 1];

    if (!c->draws)
        return;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < full ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3.0f %%  %.0f runs/s  %" PRIu64 " failed  %.0f s left \033[K", bar,
            100 * share, rate, c->failed, rate > 0 ? (double)(all - done) / rate : 0.0);
}

static void clear_bar(const struct campaign *c)
{
    if (c->draws)
        fputs("\r\033[K", stderr);
}

/* --- the teller -------------------------------------------------------------------------- */

static void tell_seed(struct campaign *c, uint64_t seed)
{
    static struct cli_sim_finding finding; /* large, and there is one teller */

    c->failed++;
    if (c->shown >= c->sim->keep || !cli_sim_report_find(&finding, c->sim, seed, c->memory))
        return;
    c->shown++;
    clear_bar(c);
    if (c->output)
        cli_sim_report_json_finding(c->output, &finding);
    if (c->sim->json)
        cli_sim_report_json_finding(stdout, &finding);
    else
        cli_sim_report_finding(stdout, c->sim, &finding);
}

static void tell_chunk(struct campaign *c, uint64_t number, uint64_t failing)
{
    for (unsigned i = 0; i < CHUNK; i++)
        if (failing >> i & 1)
            tell_seed(c, c->sim->seed + c->first + number * CHUNK + i);
}

static void wait_a_moment(struct campaign *c)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += GLANCE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&c->changed, &c->lock, &until);
}

/* With the lock; it is let go while a chunk is told. */
static void tell_next(struct campaign *c)
{
    struct chunk *next = &c->ring[c->told % AHEAD];
    const uint64_t done = c->runs_done, failing = next->failing, number = c->told;

    if (!next->done) {
        draw_bar(c, done);
        wait_a_moment(c);
        return;
    }
    pthread_mutex_unlock(&c->lock);
    tell_chunk(c, number, failing);
    pthread_mutex_lock(&c->lock);
    next->done = 0;
    c->told++;
    pthread_cond_broadcast(&c->changed);
}

static void tell_all(struct campaign *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->told < c->chunks && c->broken == 0)
        tell_next(c);
    c->taken = c->chunks; /* if they are to stop early */
    pthread_cond_broadcast(&c->changed);
    while (c->workers > 0)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
    clear_bar(c);
}

/* --- all of it --------------------------------------------------------------------------- */

static unsigned threads_of(const struct cli_sim *sim)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned wish = sim->threads > 0 ? sim->threads
                          : processors > 0 ? (unsigned)processors
                                           : 1;
    return wish < THREADS_MAX ? wish : THREADS_MAX;
}

static unsigned start_workers(struct campaign *c, pthread_t *threads)
{
    const unsigned wish = threads_of(c->sim);
    unsigned started = 0;

    pthread_mutex_lock(&c->lock);
    while (started < wish && pthread_create(&threads[started], NULL, work, c) == 0)
        started++;
    c->workers = started;
    pthread_mutex_unlock(&c->lock);
    return started;
}

static int conclude(struct campaign *c)
{
    const double seconds = seconds_since(&c->began);

    if (c->output)
        cli_sim_report_json_totals(c->output, &c->totals);
    if (c->sim->json) {
        cli_sim_report_json_totals(stdout, &c->totals);
        return c->failed > 0 ? CLI_EXIT_FAILED : CLI_EXIT_OK;
    }
    if (c->failed > c->shown)
        printf("%" PRIu64 " more seeds fail; --keep %" PRIu64 " would show them\n",
               c->failed - c->shown, c->failed);
    cli_sim_report_totals(stdout, &c->totals);
    printf("%.1f s, %.0f runs/s\n", seconds, (double)(c->end - c->first) / seconds);
    return c->failed > 0 ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

static int run_all(struct campaign *c)
{
    pthread_t *threads = calloc(THREADS_MAX, sizeof *threads);
    unsigned started;

    c->memory = cli_sim_memory();
    if (!threads || !c->memory) {
        free(threads);
        free(c->memory);
        return CLI_EXIT_FAILED;
    }
    clock_gettime(CLOCK_MONOTONIC, &c->began);
    started = start_workers(c, threads);
    if (started > 0)
        tell_all(c);
    else
        fprintf(stderr, "lull sim: no thread could be started\n");
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    free(c->memory);
    return started > 0 && c->broken == 0 ? conclude(c) : CLI_EXIT_FAILED;
}

int cli_sim_campaign_run(const struct cli_sim *sim)
{
    struct campaign *c = calloc(1, sizeof *c);
    int status;

    if (!c)
        return CLI_EXIT_FAILED;
    c->sim = sim;
    c->first = cli_sim_report_first(sim);
    c->end = cli_sim_report_end(sim);
    c->chunks = (c->end - c->first + CHUNK - 1) / CHUNK;
    c->draws = !sim->json && isatty(STDERR_FILENO);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    c->output = sim->output ? fopen(sim->output, "w") : NULL;
    if (sim->output && !c->output) {
        fprintf(stderr, "lull sim: -o %s: %s\n", sim->output, strerror(errno));
        free(c);
        return CLI_EXIT_USAGE;
    }
    if (c->output)
        cli_sim_report_json_head(c->output, sim);
    if (sim->json)
        cli_sim_report_json_head(stdout, sim);
    status = run_all(c);
    if (c->output && fclose(c->output) != 0) {
        fprintf(stderr, "lull sim: -o %s: %s\n", sim->output, strerror(errno));
        status = CLI_EXIT_FAILED;
    }
    free(c);
    return status;
}
