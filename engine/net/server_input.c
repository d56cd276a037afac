/* engine/net/server_input.c - what came in with a request. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "net/server_private.h"

const char *usher_request_method(const struct usher_request *request)
{
    return request->method;
}

const char *usher_request_path(const struct usher_request *request)
{
    return request->path;
}

/* An IPv4 address that came in through an IPv6 socket is shown as IPv4. */
void usher_request_caller(const struct usher_request *request, char *out,
                          size_t size)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } from;

    out[0] = '\0';
    if (!info || !info->client_addr)
        return;
    if (info->client_addr->sa_family == AF_INET) {
        memcpy(&from.v4, info->client_addr, sizeof(from.v4));
        (void)inet_ntop(AF_INET, &from.v4.sin_addr, out, (socklen_t)size);
    } else if (info->client_addr->sa_family == AF_INET6) {
        memcpy(&from.v6, info->client_addr, sizeof(from.v6));
        if (IN6_IS_ADDR_V4MAPPED(&from.v6.sin6_addr))
            (void)inet_ntop(AF_INET, &from.v6.sin6_addr.s6_addr[12], out,
                            (socklen_t)size);
        else
            (void)inet_ntop(AF_INET6, &from.v6.sin6_addr, out, (socklen_t)size);
    }
}

static const char *lookup(const struct usher_request *request,
                          enum MHD_ValueKind kind, const char *name)
{
    const char *value = NULL;
    size_t len;

    if (MHD_lookup_connection_value_n(request->connection, kind, name,
                                      strlen(name), &value, &len) != MHD_YES)
        return NULL;
    return value != NULL ? value : "";
}

const char *usher_request_header(const struct usher_request *request,
                                 const char *name)
{
    return lookup(request, MHD_HEADER_KIND, name);
}

const char *usher_request_query(const struct usher_request *request,
                                const char *name)
{
    return lookup(request, MHD_GET_ARGUMENT_KIND, name);
}

struct each {
    usher_request_each_fn *fn;
    void *user;
};

static enum MHD_Result each_value(void *user, enum MHD_ValueKind kind,
                                  const char *name, const char *value)
{
    const struct each *each = user;

    (void)kind;
    each->fn(each->user, name, value != NULL ? value : "");
    return MHD_YES;
}

void usher_request_each_header(const struct usher_request *request,
                               usher_request_each_fn *fn, void *user)
{
    struct each each = {fn, user};

    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, each_value,
                              &each);
}

void usher_request_each_query(const struct usher_request *request,
                              usher_request_each_fn *fn, void *user)
{
    struct each each = {fn, user};

    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND,
                              each_value, &each);
}

const char *usher_request_body(const struct usher_request *request, size_t *len)
{
    *len = request->body.len;
    return request->body.data != NULL ? request->body.data : "";
}
