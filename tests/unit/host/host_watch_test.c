/* Descriptors to wait for, each with somebody to call. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "host/host_watch.h"

static struct host_watch set;

struct heard {
    int calls;
    int descriptor;
    unsigned conditions;
    int forget; /* descriptor to be removed when called; -1: none */
};

static void hear(void *context, int descriptor, unsigned conditions)
{
    struct heard *heard = context;
    heard->calls++;
    heard->descriptor = descriptor;
    heard->conditions = conditions;
    if (heard->forget >= 0)
        host_watch_remove(&set, heard->forget);
}

static enum lull_error put(int descriptor, unsigned conditions, struct heard *heard)
{
    const struct lull_host_watch watch = {descriptor, conditions, hear, heard};
    return host_watch_put(&set, &watch);
}

static int open_set(void **state)
{
    (void)state;
    return host_watch_open(&set) ? 0 : -1;
}

static int close_set(void **state)
{
    (void)state;
    host_watch_close(&set);
    return 0;
}

static void make_pipe(int ends[2])
{
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
}

static void close_pipe(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static void who_waits_is_called_while_the_condition_holds(void **state)
{
    struct heard heard = {.forget = -1};
    int ends[2];
    char byte;
    (void)state;
    make_pipe(ends);
    assert_int_equal(put(ends[0], LULL_HOST_READABLE, &heard), LULL_OK);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(heard.calls, 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(host_watch_wait(&set, -1));
    assert_true(host_watch_wait(&set, LULL_SEC(1000)));
    assert_int_equal(heard.calls, 2);
    assert_int_equal(heard.descriptor, ends[0]);
    assert_int_equal(heard.conditions, LULL_HOST_READABLE);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(heard.calls, 2);
    close_pipe(ends);
}

static void a_second_put_changes_the_first(void **state)
{
    struct heard first = {.forget = -1}, second = {.forget = -1};
    int ends[2];
    (void)state;
    make_pipe(ends);
    assert_int_equal(put(ends[1], LULL_HOST_READABLE, &first), LULL_OK);
    assert_int_equal(put(ends[1], LULL_HOST_WRITABLE, &second), LULL_OK);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(second.calls, 1);
    assert_int_equal(second.conditions, LULL_HOST_WRITABLE);
    assert_int_equal(put(ends[1], 0, &second), LULL_OK);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(second.calls, 1);
    assert_int_equal(first.calls, 0);
    close_pipe(ends);
}

static void a_hangup_is_told_unasked(void **state)
{
    struct heard heard = {.forget = -1};
    int ends[2];
    (void)state;
    make_pipe(ends);
    assert_int_equal(put(ends[0], 0, &heard), LULL_OK);
    close(ends[1]);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(heard.conditions, LULL_HOST_HANGUP);
    close(ends[0]);
}

/* Both are ready at once, and each forgets the other: only one may be called. */
static void who_was_removed_is_not_called_any_more(void **state)
{
    int a[2], b[2];
    (void)state;
    make_pipe(a);
    make_pipe(b);
    struct heard heard_a = {.forget = b[1]}, heard_b = {.forget = a[1]};
    assert_int_equal(put(a[1], LULL_HOST_WRITABLE, &heard_a), LULL_OK);
    assert_int_equal(put(b[1], LULL_HOST_WRITABLE, &heard_b), LULL_OK);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(heard_a.calls + heard_b.calls, 1);
    close_pipe(a);
    close_pipe(b);
}

struct swap {
    int remove, add;
    struct heard *newcomer;
    int calls;
};

static void swap_watches(void *context, int descriptor, unsigned conditions)
{
    struct swap *swap = context;
    (void)descriptor;
    (void)conditions;
    if (swap->calls++ > 0)
        return;
    host_watch_remove(&set, swap->remove);
    assert_int_equal(put(swap->add, LULL_HOST_READABLE, swap->newcomer), LULL_OK);
}

/* The newcomer gets the place of one whose event is still in hand. */
static void an_event_of_the_former_tenant_is_not_delivered(void **state)
{
    struct heard newcomer = {.forget = -1};
    int a[2], b[2], quiet[2];
    (void)state;
    make_pipe(a);
    make_pipe(b);
    make_pipe(quiet);
    struct swap swap_a = {.remove = b[1], .add = quiet[0], .newcomer = &newcomer};
    struct swap swap_b = {.remove = a[1], .add = quiet[0], .newcomer = &newcomer};
    const struct lull_host_watch watch_a = {a[1], LULL_HOST_WRITABLE, swap_watches, &swap_a};
    const struct lull_host_watch watch_b = {b[1], LULL_HOST_WRITABLE, swap_watches, &swap_b};
    assert_int_equal(host_watch_put(&set, &watch_a), LULL_OK);
    assert_int_equal(host_watch_put(&set, &watch_b), LULL_OK);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(swap_a.calls + swap_b.calls, 1);
    assert_int_equal(newcomer.calls, 0);
    close_pipe(a);
    close_pipe(b);
    close_pipe(quiet);
}

static void a_regular_file_is_always_ready(void **state)
{
    struct heard heard = {.forget = -1};
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    assert_int_equal(put(fileno(file), LULL_HOST_READABLE, &heard), LULL_OK);
    assert_true(host_watch_wait(&set, -1)); /* does not sleep */
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.conditions, LULL_HOST_READABLE);
    assert_int_equal(put(fileno(file), 0, &heard), LULL_OK);
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(heard.calls, 1);
    assert_int_equal(put(fileno(file), LULL_HOST_READABLE, &heard), LULL_OK);
    host_watch_remove(&set, fileno(file));
    assert_true(host_watch_wait(&set, 0));
    assert_int_equal(heard.calls, 1);
    fclose(file);
}

static void what_is_not_open_is_refused(void **state)
{
    struct heard heard = {.forget = -1};
    (void)state;
    assert_int_equal(put(9999, LULL_HOST_READABLE, &heard), LULL_EBADF);
    host_watch_remove(&set, 9999);
}

static void a_full_set_refuses_the_next_descriptor(void **state)
{
    struct heard heard = {.forget = -1};
    int ends[2], copies[HOST_WATCH_MAX + 1];
    (void)state;
    make_pipe(ends);
    for (int i = 0; i < HOST_WATCH_MAX; i++) {
        copies[i] = dup(ends[0]);
        assert_int_equal(put(copies[i], LULL_HOST_READABLE, &heard), LULL_OK);
    }
    assert_int_equal(put(ends[0], LULL_HOST_READABLE, &heard), LULL_ENOBUFS);
    host_watch_remove(&set, copies[7]);
    assert_int_equal(put(ends[0], LULL_HOST_READABLE, &heard), LULL_OK);
    for (int i = 0; i < HOST_WATCH_MAX; i++)
        close(copies[i]);
    close_pipe(ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_waits_is_called_while_the_condition_holds, open_set,
                                        close_set),
        cmocka_unit_test_setup_teardown(a_second_put_changes_the_first, open_set, close_set),
        cmocka_unit_test_setup_teardown(a_hangup_is_told_unasked, open_set, close_set),
        cmocka_unit_test_setup_teardown(who_was_removed_is_not_called_any_more, open_set,
                                        close_set),
        cmocka_unit_test_setup_teardown(an_event_of_the_former_tenant_is_not_delivered, open_set,
                                        close_set),
        cmocka_unit_test_setup_teardown(a_regular_file_is_always_ready, open_set, close_set),
        cmocka_unit_test_setup_teardown(what_is_not_open_is_refused, open_set, close_set),
        cmocka_unit_test_setup_teardown(a_full_set_refuses_the_next_descriptor, open_set,
                                        close_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
