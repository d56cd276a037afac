/* engine/admin_socket.c - the socket that the commands use, and who may use
 * it. Without it the bot works all the same: what is wrong is told. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conversation/admin.h"
#include "engine.h"

static void tell(struct usher *usher, const char *path,
                 const struct usher_error *why)
{
    if (why)
        usher_problem_raise(usher->problems, USHER_PROBLEM_ADMIN_SOCKET, path,
                            why->text, NULL);
    else
        usher_problem_end(usher->problems, USHER_PROBLEM_ADMIN_SOCKET, path);
}

void admin_socket_group(struct usher *usher)
{
    struct usher_error why = {""};
    int64_t gid;

    if (!usher->admin_path[0])
        return;
    /* One that is not there was refused with the settings. */
    (void)usher_config_admin_group(usher->config, &gid, NULL);
    tell(usher, usher->admin_path,
         usher_server_unix_group(usher->admin_path, gid, &why) == USHER_OK
             ? NULL
             : &why);
}

static void admin_in(void *user, struct usher_request *request)
{
    struct usher *usher = user;

    usher_pages_request(usher->pages, NULL, request);
}

enum usher_status admin_socket_open(struct usher *usher)
{
    struct usher_server_options options = {
        .max_body = 1u << 16, .max_clients = 64, .idle_s = 30};
    char *path = usher->admin_path;
    struct usher_error why = {"its path is too long for a socket"};

    if (!usher_admin_socket(usher->config, usher->database_url, path,
                            sizeof(usher->admin_path))) {
        path[0] = '\0'; /* memory: has no place for one */
        return USHER_OK;
    }
    if (usher_server_listen_unix(path, &options.listen_fd, &why) != USHER_OK) {
        tell(usher, path, &why);
        path[0] = '\0';
        return USHER_OK;
    }
    admin_socket_group(usher);
    return usher_server_new(usher->loop, &options, admin_in, usher,
                            &usher->admin);
}

void admin_socket_close(struct usher *usher)
{
    usher_server_free(usher->admin);
    if (usher->admin_path[0])
        unlink(usher->admin_path);
}
