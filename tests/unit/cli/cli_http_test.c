#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli_http.h"

static int parse(const char *text, struct cli_http_request *request)
{
    return cli_http_parse(text, strlen(text), request);
}

static void a_request_is_complete_with_its_empty_line(void **state)
{
    static const char whole[] = "GET /a HTTP/1.0\r\nHost: x\r\n\r\nmore";
    struct cli_http_request request;

    (void)state;
    for (size_t length = 0; length < sizeof whole - 5; length++)
        assert_int_equal(cli_http_parse(whole, length, &request), 0);
    assert_int_equal(cli_http_parse(whole, sizeof whole - 5, &request), 200);
    assert_string_equal(request.path, "/a");
    assert_false(request.is_head);
    assert_int_equal(parse(whole, &request), 200);
    assert_int_equal(request.length, sizeof whole - 5);
    assert_int_equal(parse("GET / HTTP/1.1\n\n", &request), 200);
    assert_int_equal(request.length, 16);
}

static void a_request_without_end_is_refused_when_it_is_too_long(void **state)
{
    char text[CLI_HTTP_REQUEST_BYTES];
    struct cli_http_request request;

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(cli_http_parse(text, sizeof text - 1, &request), 0);
    assert_int_equal(cli_http_parse(text, sizeof text, &request), 400);
}

static void methods_versions_and_targets_are_judged(void **state)
{
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        {"HEAD / HTTP/1.0", 200},
        {"POST / HTTP/1.0", 405},
        {"GETX / HTTP/1.0", 405},
        {"get / HTTP/1.0", 405},
        {"GET /", 400},
        {"GET", 400},
        {"", 400},
        {" / HTTP/1.0", 400},
        {"GET / HTTP/2.0", 505},
        {"GET / FTP/1.0", 400},
        {"GET / HTTP/1", 400},
        {"GET x HTTP/1.0", 400},
        {"GET  HTTP/1.0", 400},
        {"GET /%4 HTTP/1.0", 400},
        {"GET /%zz HTTP/1.0", 400},
        {"GET /a%00b HTTP/1.0", 400},
        {"GET http://x/ HTTP/1.0", 400},
    };
    struct cli_http_request request;
    char text[100];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(text, sizeof text, "%s\r\n\r\n", rows[i].line);
        assert_int_equal(parse(text, &request), rows[i].status);
    }
    assert_int_equal(parse("HEAD / HTTP/1.0\r\n\r\n", &request), 200);
    assert_true(request.is_head);
}

static void paths_are_decoded_and_lose_their_query(void **state)
{
    struct cli_http_request request;

    (void)state;
    assert_int_equal(parse("GET /a%20b%2Fc?d=e HTTP/1.0\r\n\r\n", &request), 200);
    assert_string_equal(request.path, "/a b/c");
    assert_int_equal(parse("GET /%30%39%4a%4F HTTP/1.0\r\n\r\n", &request), 200);
    assert_string_equal(request.path, "/09JO");
    assert_int_equal(parse("GET /%09%20 HTTP/1.0\r\n\r\n", &request), 200);
    assert_string_equal(request.path, "/\t ");
    assert_int_equal(parse("GET /%g1 HTTP/1.0\r\n\r\n", &request), 400);
    assert_int_equal(parse("GET /%1g HTTP/1.0\r\n\r\n", &request), 400);
    assert_int_equal(parse("GET /%2 HTTP/1.0\r\n\r\n", &request), 400);
    assert_int_equal(parse("GET /a#b HTTP/1.0\r\n\r\n", &request), 200);
    assert_string_equal(request.path, "/a");
}

static void no_path_leads_out_of_the_root(void **state)
{
    static const char *const outside[] = {"/..",       "/../etc", "/a/../../b", "/a/..",
                                          "/%2e%2e/b", "/%2E./b", "/..%2fetc",  "//../b",
                                          "/./b",      "/a/.",    "/a/%2e"};
    static const char *const inside[] = {"/...", "/..a", "/a..", "/.a", "/a//b", "/"};
    struct cli_http_request request;
    char text[100];

    (void)state;
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        snprintf(text, sizeof text, "GET %s HTTP/1.0\r\n\r\n", outside[i]);
        assert_int_equal(parse(text, &request), 403);
    }
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        snprintf(text, sizeof text, "GET %s HTTP/1.0\r\n\r\n", inside[i]);
        assert_int_equal(parse(text, &request), 200);
    }
}

static void too_long_a_path_is_refused(void **state)
{
    char text[CLI_HTTP_PATH_BYTES + 40];
    struct cli_http_request request;
    char path[CLI_HTTP_PATH_BYTES + 1];

    (void)state;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[CLI_HTTP_PATH_BYTES - 1] = '\0';
    snprintf(text, sizeof text, "GET %s HTTP/1.0\r\n\r\n", path);
    assert_int_equal(parse(text, &request), 200);
    assert_int_equal(strlen(request.path), CLI_HTTP_PATH_BYTES - 1);
    path[CLI_HTTP_PATH_BYTES - 1] = 'a';
    path[CLI_HTTP_PATH_BYTES] = '\0';
    snprintf(text, sizeof text, "GET %s HTTP/1.0\r\n\r\n", path);
    assert_int_equal(parse(text, &request), 414);
}

static void a_head_says_how_much_follows(void **state)
{
    const struct cli_http_head found = {
        .status = 200, .type = "text/html", .length = 12345678901, .keep_alive = 1};
    const struct cli_http_head refused = {.status = 405, .allowed = "GET, HEAD"};
    char text[CLI_HTTP_HEAD_BYTES];

    (void)state;
    size_t length = cli_http_write_head(&found, text);
    assert_int_equal(length, strlen(text));
    assert_string_equal(text, "HTTP/1.0 200 OK\r\nServer: lull\r\nContent-Type: text/html\r\n"
                              "Content-Length: 12345678901\r\nConnection: keep-alive\r\n\r\n");
    cli_http_write_head(&refused, text);
    assert_non_null(strstr(text, "405 Method Not Allowed\r\n"));
    assert_non_null(strstr(text, "\r\nAllow: GET, HEAD\r\n"));
    assert_non_null(strstr(text, "\r\nConnection: close\r\n\r\n"));
}

static void types_follow_the_end_of_the_name(void **state)
{
    (void)state;
    assert_string_equal(cli_http_type("/a/index.HTML"), "text/html; charset=utf-8");
    assert_string_equal(cli_http_type("/a.json"), "application/json");
    assert_string_equal(cli_http_type("/html"), "application/octet-stream");
    assert_string_equal(cli_http_type(""), "application/octet-stream");
}

static void generated_bytes_have_a_path_of_their_own(void **state)
{
    uint64_t count = 0;

    (void)state;
    assert_true(cli_http_bytes_path("/bytes/64k", &count));
    assert_int_equal(count, 65536);
    assert_false(cli_http_bytes_path("/bytes/", &count));
    assert_false(cli_http_bytes_path("/bytes/x", &count));
    assert_false(cli_http_bytes_path("/byte/1", &count));
    assert_string_equal(cli_http_reason(404), "Not Found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_complete_with_its_empty_line),
        cmocka_unit_test(a_request_without_end_is_refused_when_it_is_too_long),
        cmocka_unit_test(methods_versions_and_targets_are_judged),
        cmocka_unit_test(paths_are_decoded_and_lose_their_query),
        cmocka_unit_test(no_path_leads_out_of_the_root),
        cmocka_unit_test(too_long_a_path_is_refused),
        cmocka_unit_test(a_head_says_how_much_follows),
        cmocka_unit_test(types_follow_the_end_of_the_name),
        cmocka_unit_test(generated_bytes_have_a_path_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
