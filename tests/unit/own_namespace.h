/* own_namespace.h - a network namespace for one test program, which then may do in it as it
 * likes, whoever runs it. */
#ifndef TESTS_OWN_NAMESPACE_H
#define TESTS_OWN_NAMESPACE_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEST_SKIPPED 77

static inline void skip_program(const char *what)
{
    printf("skipped: %s: %s\n", what, strerror(errno));
    exit(TEST_SKIPPED);
}

/* Become root of the new user namespace. */
static inline void map_user(uid_t user)
{
    char line[32];
    const int length = snprintf(line, sizeof line, "0 %u 1", (unsigned)user);
    const int file = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, line, (size_t)length) != length)
        skip_program("become root of a user namespace");
    close(file);
}

/* Both end the program with 77 when this machine does not allow it. */
static inline void enter_own_namespace(void)
{
    const uid_t user = geteuid();
    if (unshare(CLONE_NEWNET) < 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
            skip_program("make a network namespace");
        map_user(user);
    }
}

static inline void skip_without_tap_devices(void)
{
    const int device = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (device < 0)
        skip_program("open /dev/net/tun");
    close(device);
}

#endif
