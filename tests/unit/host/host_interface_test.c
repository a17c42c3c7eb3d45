/* The kernel's side of an interface, in a network namespace of this test's own. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "lull/host.h"

#include "cmocka_all.h"
#include "own_namespace.h"

static int control_socket;

static uint32_t ask_address(unsigned long what)
{
    struct ifreq request = {.ifr_name = "lo"};
    struct sockaddr_in address;
    if (ioctl(control_socket, what, &request) < 0)
        return 0;
    memcpy(&address, &request.ifr_addr, sizeof address);
    return ntohl(address.sin_addr.s_addr);
}

static bool is_up(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    assert_int_equal(ioctl(control_socket, SIOCGIFFLAGS, &request), 0);
    return request.ifr_flags & IFF_UP;
}

static void an_interface_comes_up_without_an_address(void **state)
{
    (void)state;
    assert_false(is_up());
    assert_int_equal(lull_host_interface_up("lo", NULL, NULL), LULL_OK);
    assert_true(is_up());
}

static void an_address_and_its_prefix_are_set(void **state)
{
    (void)state;
    assert_int_equal(lull_host_interface_up("lo", "10.1.2.3/20", NULL), LULL_OK);
    assert_int_equal(ask_address(SIOCGIFADDR), 0x0a010203);
    assert_int_equal(ask_address(SIOCGIFNETMASK), 0xfffff000);
    assert_int_equal(lull_host_interface_up("lo", "10.9.9.9/32", NULL), LULL_OK);
    assert_int_equal(ask_address(SIOCGIFADDR), 0x0a090909);
    assert_int_equal(ask_address(SIOCGIFNETMASK), 0xffffffff);
}

static void bad_names_and_addresses_are_refused(void **state)
{
    struct lull_failure failure;
    (void)state;
    assert_int_equal(lull_host_interface_up("", NULL, &failure), LULL_EINVAL);
    assert_int_equal(lull_host_interface_up("sixteen_letters_", NULL, &failure), LULL_EINVAL);
    assert_non_null(strstr(failure.text, "15"));
    assert_int_equal(lull_host_interface_up("lo", "10.0.0", &failure), LULL_EINVAL);
    assert_non_null(strstr(failure.text, "10.0.0.1/24"));
    assert_int_equal(failure.os_error, 0);
}

static void an_interface_that_is_not_there_is_said_so(void **state)
{
    struct lull_failure failure;
    (void)state;
    assert_int_equal(lull_host_interface_up("nowhere", NULL, &failure), LULL_EIO);
    assert_int_equal(failure.os_error, ENODEV);
    assert_non_null(strstr(failure.text, "nowhere"));
    assert_non_null(strstr(failure.text, "network namespace"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_comes_up_without_an_address),
        cmocka_unit_test(an_address_and_its_prefix_are_set),
        cmocka_unit_test(bad_names_and_addresses_are_refused),
        cmocka_unit_test(an_interface_that_is_not_there_is_said_so),
    };
    enter_own_namespace();
    control_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
