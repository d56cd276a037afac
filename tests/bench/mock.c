/* tests/bench/mock.c - an upstream for the benchmark: what the flows of
 * tests/bench/flows ask of Zoho, answered after a delay.
 *
 *   mock PORT DELAY_MS
 *
 * One thread, one epoll. An answer is due so long after its request came;
 * since the delay is the same for all, those that are due stand in the order
 * in which they came. Pipelined requests are not read. Says "ready" when it
 * listens; ends on SIGTERM. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 32 * 1024, EVENTS = 256 };

struct client {
    int fd;
    size_t len;        /* of the request so far */
    const char *reply; /* NULL: none is due */
    int64_t due_us;
    struct client *next; /* in the queue of the due */
    char request[REQUEST];
};

struct mock {
    int epoll_fd, listen_fd;
    int64_t delay_us;
    struct client *first, **last; /* the due, in their order */
};

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *reply_of(const char *request)
{
    static const char token[] =
        "{\"access_token\":\"tok-bench\",\"token_type\":\"Bearer\","
        "\"api_domain\":\"https://www.zohoapis.in\",\"expires_in\":3600}";
    size_t line = strcspn(request, "\r");
    const char *at;

#define LINE_HAS(text) ((at = strstr(request, text)) && at < request + line)
    if (LINE_HAS("/oauth/v2/token"))
        return token;
    if (LINE_HAS("/contacts/search"))
        return "{\"data\":[{\"id\":\"1892000000042032\"}]}";
    if (LINE_HAS("/conversations"))
        return "{\"data\":{\"id\":\"7000000012345\"}}";
    return "{\"id\":\"1892000000077001\"}";
#undef LINE_HAS
}

/* Length of the first request when all of it is there; 0 when it is not. */
static size_t request_size(const char *text, size_t len)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    const char *field = strcasestr(text, "\r\ncontent-length:");
    size_t size;

    if (!end)
        return 0;
    size = (size_t)(end - text) + 4;
    if (field && field < end)
        size += strtoul(field + 17, NULL, 10);
    return size <= len ? size : 0;
}

static void client_close(struct client *client)
{
    close(client->fd);
    client->fd = -1;
    if (!client->reply) /* else the queue still knows it */
        free(client);
}

static void reply_send(struct client *client)
{
    char text[512];
    int len = snprintf(text, sizeof(text),
                       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       strlen(client->reply), client->reply);

    client->reply = NULL;
    if (client->fd < 0)
        free(client);
    else if (send(client->fd, text, (size_t)len, MSG_NOSIGNAL) != len)
        client_close(client);
}

static void client_read(struct mock *mock, struct client *client)
{
    ssize_t got = recv(client->fd, client->request + client->len,
                       REQUEST - 1 - client->len, 0);

    if (got <= 0) {
        client_close(client);
        return;
    }
    client->len += (size_t)got;
    client->request[client->len] = '\0';
    if (client->reply || !request_size(client->request, client->len))
        return;
    client->reply = reply_of(client->request);
    client->len = 0;
    client->due_us = now_us() + mock->delay_us;
    client->next = NULL;
    *mock->last = client;
    mock->last = &client->next;
}

static void clients_accept(struct mock *mock)
{
    for (;;) {
        int one = 1, fd = accept4(mock->listen_fd, NULL, NULL, SOCK_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN};
        struct client *client;

        if (fd < 0)
            return;
        client = calloc(1, sizeof(*client));
        if (!client) {
            close(fd);
            return;
        }
        client->fd = fd;
        event.data.ptr = client;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        epoll_ctl(mock->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

static void due_send(struct mock *mock)
{
    int64_t now = now_us();

    while (mock->first && mock->first->due_us <= now) {
        struct client *client = mock->first;

        mock->first = client->next;
        if (!mock->first)
            mock->last = &mock->first;
        reply_send(client);
    }
}

static int wait_ms(const struct mock *mock)
{
    int64_t left;

    if (!mock->first)
        return -1;
    left = mock->first->due_us - now_us();
    return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

static int mock_open(struct mock *mock, int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    int one = 1;

    mock->last = &mock->first;
    mock->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    mock->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(mock->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    return bind(mock->listen_fd, (struct sockaddr *)&address,
                sizeof(address)) == 0 &&
           listen(mock->listen_fd, 4096) == 0 &&
           epoll_ctl(mock->epoll_fd, EPOLL_CTL_ADD, mock->listen_fd, &event) ==
               0;
}

int main(int argc, char **argv)
{
    struct mock mock = {0};
    struct epoll_event events[EVENTS];

    if (argc != 3) {
        fprintf(stderr, "usage: mock PORT DELAY_MS\n");
        return 2;
    }
    mock.delay_us = atol(argv[2]) * 1000;
    if (!mock_open(&mock, atoi(argv[1]))) {
        perror("mock");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(mock.epoll_fd, events, EVENTS, wait_ms(&mock));

        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                client_read(&mock, events[i].data.ptr);
            else
                clients_accept(&mock);
        }
        due_send(&mock);
    }
}
