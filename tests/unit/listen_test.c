/* tests/unit/listen_test.c - listening sockets, and who has them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "own_folder.h"
#include "server_world.h"

/* Listening */

static void a_taken_port_is_refused_with_the_process_that_has_it(void **state)
{
    struct serve *world = *state;
    struct usher_error error;
    char port[16], pid[32];
    int fd;

    assert_int_equal(usher_server_listen("127.0.0.1", world->port, 0, &fd, NULL,
                                         &error),
                     USHER_ERR_EXISTS);
    assert_int_equal(fd, -1);
    snprintf(port, sizeof(port), "port %u ", (unsigned)world->port);
    snprintf(pid, sizeof(pid), "(pid %ld)", (long)getpid());
    has(error.text, port);
    has(error.text, pid);
}

/* The listening socket of a server is a duplicate of the one it was given. */
static void programs_we_start_inherit_no_listening_socket(void **state)
{
    const struct serve *world = *state;
    struct sockaddr_in address;
    int fd, found = 0;

    for (fd = 0; fd < 256; fd++) {
        socklen_t size = sizeof(address);

        if (getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
            address.sin_family != AF_INET ||
            ntohs(address.sin_port) != world->port)
            continue;
        found++;
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    assert_int_equal(found, 1);
}

static void further_threads_share_the_port_of_the_first(void **state)
{
    struct serve *world = *state;
    struct usher_server *second;
    uint16_t port;
    int fd;

    assert_int_equal(usher_server_listen("127.0.0.1", world->port, 1, &fd,
                                         &port, NULL),
                     USHER_OK);
    assert_int_equal(port, world->port);
    second = serve_on(world, fd);
    usher_server_free(world->server);
    world->server = second;
    has(wire_ask(world, HEAD("GET", "/now") "\r\n"), "now");
}

/* A restart: the old server closed first, which leaves TIME_WAIT behind. */
static void a_port_can_be_taken_again_at_once(void **state)
{
    struct serve *world = *state;
    int fd = wire_dial(world), ended, again;

    wire_put_text(world, fd, HEAD("GET", "/later") "\r\n");
    serve_until_later(world, 1);
    usher_server_free(world->server);
    wire_get(world, fd, NULL, &ended);
    close(fd);
    assert_int_equal(usher_server_listen("127.0.0.1", world->port, 0, &again,
                                         NULL, NULL),
                     USHER_OK);
    world->server = serve_on(world, again);
    has(wire_ask(world, HEAD("GET", "/now") "\r\n"), "now");
}

static void a_host_that_is_none_is_refused(void **state)
{
    struct usher_error error;
    int fd;

    (void)state;
    assert_int_equal(usher_server_listen("no such host", 0, 0, &fd, NULL,
                                         &error),
                     USHER_ERR_INVALID);
    has(error.text, "no such host");
}

/* Of all addresses where none is named; and whatever else goes wrong is told
 * in the system's words. */
static void a_host_may_be_left_out(void **state)
{
    static const char *const hosts[] = {NULL, ""};
    struct usher_error error;
    int fd;

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in address;
        socklen_t size = sizeof(address);

        assert_int_equal(usher_server_listen(hosts[i], 0, 0, &fd, NULL, &error),
                         USHER_OK);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size),
                         0);
        assert_int_equal(address.sin_family, AF_INET);
        assert_int_equal(ntohl(address.sin_addr.s_addr), INADDR_ANY);
        close(fd);
    }
    assert_int_equal(usher_server_listen("192.0.2.1", 0, 0, &fd, NULL, &error),
                     USHER_ERR_IO);
    has(error.text, "cannot listen on 192.0.2.1 port 0: ");
    assert_int_equal(usher_server_listen("192.0.2.1", 0, 0, &fd, NULL, NULL),
                     USHER_ERR_IO);
}

/* A socket's name has 107 bytes at most. */
static void a_unix_sockets_path_has_its_bound(void **state)
{
    char dir[OWN_FOLDER_SIZE], path[128];
    struct usher_error error;
    int fd;

    (void)state;
    own_folder(dir);
    for (int len = 107; len <= 108; len++) {
        snprintf(path, sizeof(path), "%s/%0*d", dir, len - (int)strlen(dir) - 1,
                 1);
        assert_int_equal(strlen(path), len);
        assert_int_equal(usher_server_listen_unix(path, &fd, &error),
                         len == 107 ? USHER_OK : USHER_ERR_LIMIT);
        if (len == 107) {
            close(fd);
            unlink(path);
        }
    }
    assert_int_equal(fd, -1);
    has(error.text, "at most 107 bytes");
    rmdir(dir);
    assert_int_equal(usher_server_listen_unix("/nonexistent/s", &fd, &error),
                     USHER_ERR_IO);
    assert_int_equal(fd, -1);
    has(error.text, "cannot listen on /nonexistent/s: No such file");
}

static void a_port_on_ipv6_names_its_process_too(void **state)
{
    struct usher_error error;
    char pid[32];
    uint16_t port;
    int fd, other;

    (void)state;
    if (usher_server_listen("::1", 0, 0, &fd, &port, NULL) != USHER_OK)
        skip(); /* a machine without IPv6 */
    assert_int_not_equal(port, 0);
    assert_int_equal(usher_server_listen("::1", port, 0, &other, NULL, &error),
                     USHER_ERR_EXISTS);
    snprintf(pid, sizeof(pid), "(pid %ld)", (long)getpid());
    has(error.text, pid);
    close(fd);
}

static int dial_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    strcpy(address.sun_path, path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)),
                     0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void a_unix_socket_is_private_and_serves(void **state)
{
    struct serve *world = *state;
    char dir[OWN_FOLDER_SIZE], path[96];
    struct usher_server *admin;
    struct stat info;
    int fd, ended;

    own_folder(dir);
    snprintf(path, sizeof(path), "%s/admin.sock", dir);
    assert_int_equal(usher_server_listen_unix(path, &fd, NULL), USHER_OK);
    close(fd); /* leaves its file, as a crash does */
    assert_int_equal(usher_server_listen_unix(path, &fd, NULL), USHER_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    admin = serve_on(world, fd);
    fd = dial_unix(path);
    wire_put_text(world, fd, HEAD("GET", "/now") "\r\n");
    has(wire_get(world, fd, "\r\n\r\nnow", &ended), "HTTP/1.1 200 ");
    close(fd);
    usher_server_free(admin);
    unlink(path);
    rmdir(dir);
}

static void a_unix_socket_is_given_to_a_group(void **state)
{
    char dir[OWN_FOLDER_SIZE], path[96];
    struct usher_error error;
    struct stat info;
    int fd;

    (void)state;
    own_folder(dir);
    snprintf(path, sizeof(path), "%s/admin.sock", dir);
    assert_int_equal(usher_server_listen_unix(path, &fd, NULL), USHER_OK);
    assert_int_equal(usher_server_unix_group(path, getegid(), &error),
                     USHER_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
    assert_int_equal(info.st_gid, getegid());
    assert_int_equal(usher_server_unix_group(path, -1, &error), USHER_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    close(fd);
    unlink(path);
    assert_int_equal(usher_server_unix_group(path, -1, &error), USHER_ERR_IO);
    has(error.text, "is gone");
    rmdir(dir);
}

/* Who may write in the socket's folder gets no other file opened for a group.
 */
static void what_lies_there_instead_of_the_socket_is_left_alone(void **state)
{
    char dir[OWN_FOLDER_SIZE], path[96], secret[96];
    struct usher_error error;
    struct stat info;
    int fd;

    (void)state;
    own_folder(dir);
    snprintf(path, sizeof(path), "%s/admin.sock", dir);
    snprintf(secret, sizeof(secret), "%s/.env", dir);
    fd = open(secret, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(symlink(secret, path), 0);
    assert_int_equal(usher_server_unix_group(path, getegid(), &error),
                     USHER_ERR_IO);
    unlink(path);
    assert_int_equal(link(secret, path), 0);
    assert_int_equal(usher_server_unix_group(path, getegid(), &error),
                     USHER_ERR_IO);
    assert_int_equal(stat(secret, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    unlink(path);
    unlink(secret);
    rmdir(dir);
}

static void a_socket_where_somebody_listens_is_left_alone(void **state)
{
    char dir[OWN_FOLDER_SIZE], path[96];
    struct usher_error error;
    int fd, other;

    (void)state;
    own_folder(dir);
    snprintf(path, sizeof(path), "%s/admin.sock", dir);
    assert_int_equal(usher_server_listen_unix(path, &fd, NULL), USHER_OK);
    assert_int_equal(usher_server_listen_unix(path, &other, &error),
                     USHER_ERR_EXISTS);
    has(error.text, "another process listens on");
    close(dial_unix(path));
    close(fd);
    unlink(path);
    rmdir(dir);
}

static void a_file_is_never_replaced_by_a_socket(void **state)
{
    char dir[OWN_FOLDER_SIZE], path[80];
    struct usher_error error;
    int file, fd;

    (void)state;
    own_folder(dir);
    snprintf(path, sizeof(path), "%s/file", dir);
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(usher_server_listen_unix(path, &fd, &error),
                     USHER_ERR_EXISTS);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
    rmdir(dir);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_make, serve_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_taken_port_is_refused_with_the_process_that_has_it),
        CASE(programs_we_start_inherit_no_listening_socket),
        CASE(further_threads_share_the_port_of_the_first),
        CASE(a_port_can_be_taken_again_at_once),
        CASE(a_host_that_is_none_is_refused),
        CASE(a_host_may_be_left_out),
        CASE(a_unix_sockets_path_has_its_bound),
        CASE(a_port_on_ipv6_names_its_process_too),
        CASE(a_unix_socket_is_private_and_serves),
        CASE(a_unix_socket_is_given_to_a_group),
        CASE(what_lies_there_instead_of_the_socket_is_left_alone),
        CASE(a_socket_where_somebody_listens_is_left_alone),
        CASE(a_file_is_never_replaced_by_a_socket),
    };

    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
