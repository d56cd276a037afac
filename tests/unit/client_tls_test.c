/* tests/unit/client_tls_test.c - the HTTP client and certificates, against
 * `openssl s_server` with a certificate made here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client_world.h"
#include "own_folder.h"

struct tls {
    char dir[OWN_FOLDER_SIZE];
    char key[80], certificate[80];
    pid_t server;
    unsigned port;
};

static struct tls tls;

/* Runs openssl; its standard output comes through the pipe, or is lost. */
static pid_t openssl(char *const arguments[], const int *output)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (freopen("/dev/null", "r", stdin) == NULL ||
            freopen("/dev/null", "w", stderr) == NULL)
            _exit(127);
        if (output != NULL)
            dup2(output[1], 1);
        execvp("openssl", arguments);
        _exit(127);
    }
    return pid;
}

static int make_certificate(void)
{
    char *arguments[] = {"openssl",
                         "req",
                         "-x509",
                         "-newkey",
                         "ec",
                         "-pkeyopt",
                         "ec_paramgen_curve:P-256",
                         "-nodes",
                         "-keyout",
                         tls.key,
                         "-out",
                         tls.certificate,
                         "-subj",
                         "/CN=usher-test",
                         "-addext",
                         "subjectAltName=IP:127.0.0.1",
                         NULL};
    int status = -1;

    waitpid(openssl(arguments, NULL), &status, 0);
    return status == 0;
}

/* The server says "ACCEPT 127.0.0.1:PORT" when it listens. */
static int start_server(void)
{
    char *arguments[] = {"openssl",     "s_server", "-accept",
                         "127.0.0.1:0", "-cert",    tls.certificate,
                         "-key",        tls.key,    "-www",
                         NULL};
    char line[256];
    int output[2];
    FILE *file;

    if (pipe(output) != 0)
        return 0;
    tls.server = openssl(arguments, output);
    close(output[1]);
    file = fdopen(output[0], "r");
    while (tls.port == 0 && file != NULL &&
           fgets(line, sizeof(line), file) != NULL)
        sscanf(line, "ACCEPT 127.0.0.1:%u", &tls.port);
    /* The pipe stays open as long as the process: the server writes on. */
    return tls.port != 0;
}

static int group_make(void **state)
{
    (void)state;
    own_folder(tls.dir);
    snprintf(tls.key, sizeof(tls.key), "%s/key", tls.dir);
    snprintf(tls.certificate, sizeof(tls.certificate), "%s/cert", tls.dir);
    if (system("command -v openssl >/dev/null") != 0)
        return 0;
    return make_certificate() && start_server() ? 0 : -1;
}

static int group_drop(void **state)
{
    (void)state;
    if (tls.server > 0) {
        kill(tls.server, SIGKILL);
        waitpid(tls.server, NULL, 0);
    }
    unlink(tls.key);
    unlink(tls.certificate);
    return rmdir(tls.dir);
}

static void ask(struct world *world, const char *ca_file, const char *host,
                unsigned port)
{
    const struct usher_client_options options = {.ca_file = ca_file,
                                                 .max_response = WORLD_BODY};
    char url[64];
    struct usher_client_request request = {.method = "GET", .url = url};

    usher_client_free(world->client);
    assert_int_equal(usher_client_new(world->loop, &options, &world->client),
                     USHER_OK);
    snprintf(url, sizeof(url), "https://%s:%u/", host, port);
    client_run(world, &request, NULL);
}

static void a_certificate_of_a_known_authority_is_accepted(void **state)
{
    struct world *world = *state;

    if (tls.port == 0)
        skip();
    ask(world, tls.certificate, "127.0.0.1", tls.port);
    assert_string_equal(world->error, "");
    assert_int_equal(world->result, USHER_NET_OK);
    assert_int_equal(world->status, 200);
    has(world->body, "<HTML>");
}

static void expect_refused(const struct world *world)
{
    assert_int_equal(world->result, USHER_NET_TLS);
    assert_int_equal(world->sent, 0);
    assert_true(world->error[0] != '\0');
}

static void a_certificate_of_nobody_is_refused(void **state)
{
    if (tls.port == 0)
        skip();
    ask(*state, NULL, "127.0.0.1", tls.port);
    expect_refused(*state);
}

static void a_certificate_of_another_host_is_refused(void **state)
{
    if (tls.port == 0)
        skip();
    ask(*state, tls.certificate, "localhost", tls.port);
    expect_refused(*state);
}

static void a_ca_file_that_is_none_is_refused(void **state)
{
    if (tls.port == 0)
        skip();
    ask(*state, "/nonexistent/ca.pem", "127.0.0.1", tls.port);
    expect_refused(*state);
}

static void a_port_without_tls_is_refused(void **state)
{
    struct world *world = *state;

    ask(world, NULL, "127.0.0.1", world->port);
    expect_refused(world);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_certificate_of_a_known_authority_is_accepted),
        CASE(a_certificate_of_nobody_is_refused),
        CASE(a_certificate_of_another_host_is_refused),
        CASE(a_ca_file_that_is_none_is_refused),
        CASE(a_port_without_tls_is_refused),
    };

    return cmocka_run_group_tests_name("client_tls", tests, group_make,
                                       group_drop);
}
