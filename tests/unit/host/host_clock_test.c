/* The clock that records are kept by counts the time a machine sleeps, and nobody can set it.
 *
 * A machine that never slept cannot tell CLOCK_BOOTTIME from CLOCK_MONOTONIC, so the second test
 * makes a time namespace in which an hour was slept.  This machine's own clocks are left alone. */
#include <sys/wait.h>

#include "lull/host.h"

#include "cmocka_all.h"
#include "own_namespace.h"

#define SLEPT LULL_SEC(3600)

/* What the kernel says of the time since the machine was started, in hundredths of a second. */
static lull_time read_uptime(void)
{
    unsigned seconds, hundredths;
    FILE *file = fopen("/proc/uptime", "re");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%u.%2u", &seconds, &hundredths), 2);
    fclose(file);
    return LULL_SEC((lull_time)seconds) + LULL_MS((lull_time)hundredths * 10);
}

/* [REQ TT-08] */
static void it_reads_the_time_since_the_start_and_not_the_wall_clock(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        const lull_time before = read_uptime();
        const lull_time now = lull_host_clock_now();
        const lull_time after = read_uptime() + LULL_MS(10); /* it is rounded down */
        assert_true(before <= now && now <= after);
    }
}

/* Of the processes begun from here on. */
static void sleep_an_hour(void)
{
    static const char offset[] = "boottime 3600 0\n";
    const uid_t user = geteuid();

    if (unshare(CLONE_NEWTIME) < 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) < 0)
            skip_program("make a time namespace");
        map_user(user);
    }
    const int file = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, offset, sizeof offset - 1) != (ssize_t)sizeof offset - 1)
        skip_program("set the time slept of a time namespace");
    close(file);
}

/* [REQ TT-08] */
static void it_counts_the_time_a_machine_sleeps(void **state)
{
    int status;

    (void)state;
    const lull_time before = lull_host_clock_now();
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(lull_host_clock_now() - before >= SLEPT ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest here[] = {
        cmocka_unit_test(it_reads_the_time_since_the_start_and_not_the_wall_clock),
    };
    const struct CMUnitTest elsewhere[] = {
        cmocka_unit_test(it_counts_the_time_a_machine_sleeps),
    };
    const int failed = cmocka_run_group_tests(here, NULL, NULL);

    if (failed > 0)
        return failed;
    sleep_an_hour(); /* where that is not allowed the program is skipped, and has not failed */
    return cmocka_run_group_tests(elsewhere, NULL, NULL);
}
