/* tests/e2e/support/drive.c - what the end-to-end tests cannot do in Lua:
 *
 *   drive ask METHOD URL SECONDS FILE [HEADER...]
 *     one request to http://127.0.0.1:PORT/..., with the body that FILE has
 *     ("": none); prints the answer's body and, on a line of its own, its
 *     status. Nothing where not all of it came in time.
 *   drive post PORT PATH AT_ONCE [forever] < BODIES
 *     posts each line of BODIES to 127.0.0.1:PORT, so many at once over
 *     connections that stay open, and prints a line an answer, as it comes:
 *     NUMBER STATUS MILLISECONDS BODY. Status 0: no answer. NUMBER is the
 *     body's line. forever: begins anew at the end, until nobody reads, and
 *     NUMBER goes on counting.
 *   drive line FILE TEXT SECONDS FROM
 *     waits until FILE has a whole line with TEXT behind byte FROM, and prints
 *     it; exit status 1 when SECONDS go by without it.
 *   drive hold DATABASE
 *     keeps everybody from writing to an SQLite database, from the line that
 *     it prints to the end of its input.
 *   drive crowd PORT COUNT < TEXT
 *     opens so many connections, sends TEXT on each, prints a line, and holds
 *     them until nobody reads what it prints.
 *
 * Nothing here polls a clock: both wait for the kernel to report. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (256 * 1024)
#define GIVE_UP_MS 30000

static long long now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (long long)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- post ---- */

struct bodies {
    char *text;
    char **line;
    size_t count, next;
    int forever;
};

struct link {
    int fd;
    size_t number; /* of its body, and of those before it */
    long long started_ms;
    char *request;
    size_t request_len, sent;
    char *answer;
    size_t got;
    int used; /* answered before: the other side may have closed it */
};

struct drive {
    int poll;
    unsigned short port;
    const char *path;
    struct bodies bodies;
    size_t open;
};

static void bodies_read(struct bodies *bodies)
{
    size_t size = 0, got;
    char *at, *end;

    do {
        bodies->text = realloc(bodies->text, size + 65537);
        if (!bodies->text)
            fail("memory");
        got = fread(bodies->text + size, 1, 65536, stdin);
        size += got;
    } while (got);
    bodies->text[size] = '\0';
    for (at = bodies->text; at < bodies->text + size; at = end + 1) {
        end = strchr(at, '\n');
        if (!end)
            end = bodies->text + size;
        *end = '\0';
        bodies->line =
            realloc(bodies->line, (bodies->count + 1) * sizeof(*bodies->line));
        if (!bodies->line)
            fail("memory");
        bodies->line[bodies->count++] = at;
    }
}

static void watch(struct drive *drive, struct link *link, int how, unsigned to)
{
    struct epoll_event event = {.events = to, .data.ptr = link};

    if (epoll_ctl(drive->poll, how, link->fd, &event) != 0)
        fail("epoll_ctl");
}

static void link_open(struct drive *drive, struct link *link)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_port = htons(drive->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (link->fd < 0)
        fail("socket");
    /* Whether it worked is seen at the first write. */
    (void)connect(link->fd, (struct sockaddr *)&address, sizeof(address));
    link->used = 0;
    watch(drive, link, EPOLL_CTL_ADD, EPOLLOUT);
}

static void link_write(struct drive *drive, struct link *link)
{
    const struct bodies *bodies = &drive->bodies;
    const char *body = bodies->line[link->number % bodies->count];
    int len;

    free(link->request);
    len = asprintf(&link->request,
                   "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                   "Content-Type: application/json\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   drive->path, strlen(body), body);
    if (len < 0)
        fail("memory");
    link->request_len = (size_t)len;
    link->sent = link->got = 0;
}

/* The next body, or the end of this link. */
static void link_next(struct drive *drive, struct link *link)
{
    struct bodies *bodies = &drive->bodies;

    if (bodies->next == bodies->count && !bodies->forever) {
        if (link->fd >= 0)
            close(link->fd);
        link->fd = -1;
        drive->open--;
        return;
    }
    link->number = bodies->next++;
    link->started_ms = now_ms();
    link_write(drive, link);
    if (link->fd < 0)
        link_open(drive, link);
    else
        watch(drive, link, EPOLL_CTL_MOD, EPOLLOUT);
}

static void answered(struct drive *drive, struct link *link, int status,
                     const char *body, size_t len)
{
    printf("%zu %d %lld ", link->number + 1, status,
           now_ms() - link->started_ms);
    for (size_t i = 0; i < len; i++)
        putchar(body[i] == '\n' ? ' ' : body[i]);
    putchar('\n');
    if (fflush(stdout) != 0)
        exit(0); /* nobody reads any more */
    link->used = 1;
    link_next(drive, link);
}

/* An idle connection may be closed just as we write: once more then. */
static void link_broken(struct drive *drive, struct link *link)
{
    int again = link->used && link->got == 0;

    close(link->fd);
    link->fd = -1;
    if (!again) {
        answered(drive, link, 0, "", 0);
        return;
    }
    link->sent = 0;
    link_open(drive, link);
}

/* Nonzero once the whole answer is there. */
static int is_whole(const struct link *link, const char **body, size_t *len)
{
    const char *end = strstr(link->answer, "\r\n\r\n");
    const char *at = link->answer;

    if (!end)
        return 0;
    while (at < end && strncasecmp(at, "content-length:", 15) != 0) {
        at = strstr(at, "\r\n");
        at += 2;
    }
    *len = at < end ? (size_t)strtoul(at + 15, NULL, 10) : 0;
    *body = end + 4;
    return link->got >= (size_t)(end + 4 - link->answer) + *len;
}

static void link_read(struct drive *drive, struct link *link)
{
    const char *body;
    size_t len;
    ssize_t got =
        recv(link->fd, link->answer + link->got, ANSWER_MAX - 1 - link->got, 0);

    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        link_broken(drive, link);
        return;
    }
    link->got += (size_t)got;
    link->answer[link->got] = '\0';
    if (is_whole(link, &body, &len))
        answered(drive, link, atoi(link->answer + 9), body, len);
}

static void link_event(struct drive *drive, struct link *link)
{
    ssize_t sent;

    if (link->sent == link->request_len) {
        link_read(drive, link);
        return;
    }
    sent = send(link->fd, link->request + link->sent,
                link->request_len - link->sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN)
        return;
    if (sent < 0) {
        link_broken(drive, link);
        return;
    }
    link->sent += (size_t)sent;
    if (link->sent == link->request_len)
        watch(drive, link, EPOLL_CTL_MOD, EPOLLIN);
}

static int post(char **argv, int argc)
{
    struct drive drive = {.port = (unsigned short)atoi(argv[0]),
                          .path = argv[1]};
    size_t at_once = (size_t)atoi(argv[2]);
    struct link *links;
    struct epoll_event events[256];

    drive.poll = epoll_create1(0);
    drive.bodies.forever = argc > 3;
    bodies_read(&drive.bodies);
    if (at_once > drive.bodies.count && !drive.bodies.forever)
        at_once = drive.bodies.count;
    links = calloc(at_once, sizeof(*links));
    if (drive.poll < 0 || !links)
        fail("start");
    for (size_t i = 0; i < at_once; i++) {
        links[i].fd = -1;
        links[i].answer = malloc(ANSWER_MAX);
        if (!links[i].answer)
            fail("memory");
        drive.open++;
        link_next(&drive, &links[i]);
    }
    while (drive.open) {
        int count = epoll_wait(drive.poll, events, 256, GIVE_UP_MS);

        if (count <= 0) {
            fputs("drive: nothing happens any more\n", stderr);
            return 1;
        }
        for (int i = 0; i < count; i++)
            link_event(&drive, events[i].data.ptr);
    }
    return 0;
}

/* ---- ask ---- */

static void send_all(int to, const char *text, size_t len)
{
    ssize_t sent;

    /* Who refuses a long body answers before its end. */
    for (; len > 0; len -= (size_t)sent, text += sent)
        if ((sent = send(to, text, len, MSG_NOSIGNAL)) < 0)
            return;
}

static void body_send(int to, const char *path)
{
    char text[65536], head[128];
    FILE *in = fopen(path, "r");
    struct stat about;
    size_t got;

    if (!in || fstat(fileno(in), &about) != 0)
        fail(path);
    snprintf(head, sizeof(head),
             "Content-Type: application/json\r\n"
             "Content-Length: %lld\r\n\r\n",
             (long long)about.st_size);
    send_all(to, head, strlen(head));
    while ((got = fread(text, 1, sizeof(text), in)) > 0)
        send_all(to, text, got);
    fclose(in);
}

/* To the end of the connection. */
static char *read_all(int from, size_t *len)
{
    char *text = NULL;
    ssize_t got = 0;

    *len = 0;
    do {
        *len += (size_t)got;
        text = realloc(text, *len + 65536);
        if (!text)
            fail("memory");
        got = recv(from, text + *len, 65535, 0);
    } while (got > 0);
    text[*len] = '\0';
    return text;
}

static int ask(char **argv, int argc)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct link link = {.fd = socket(AF_INET, SOCK_STREAM, 0)};
    const char *port = argv[1] + strlen("http://127.0.0.1:");
    const char *path = strchr(port, '/');
    const char *body = NULL;
    char *head;
    size_t len = 0;

    address.sin_port = htons((uint16_t)atoi(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    alarm((unsigned)atoi(argv[2]));
    if (connect(link.fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        return 1;
    if (asprintf(&head,
                 "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                 "Connection: close\r\n",
                 argv[0], path ? path : "/") < 0)
        fail("memory");
    send_all(link.fd, head, strlen(head));
    free(head);
    for (int i = 4; i < argc; i++) {
        send_all(link.fd, argv[i], strlen(argv[i]));
        send_all(link.fd, "\r\n", 2);
    }
    if (argv[3][0])
        body_send(link.fd, argv[3]);
    else
        send_all(link.fd, "\r\n", 2);
    link.answer = read_all(link.fd, &link.got);
    if (!is_whole(&link, &body, &len))
        return 1;
    /* All of it: there need be no length where the connection closes. */
    fwrite(body, 1, link.got - (size_t)(body - link.answer), stdout);
    printf("\n%d", atoi(link.answer + 9));
    free(link.answer);
    return 0;
}

/* ---- line ---- */

/* Prints the first whole line behind *from that has the text in it. */
static int line_find(const char *file, const char *text, long *from)
{
    FILE *in = fopen(file, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int found = 0;

    if (!in)
        return 0;
    fseek(in, *from, SEEK_SET);
    while (!found && (len = getline(&line, &size, in)) > 0 &&
           line[len - 1] == '\n') {
        *from += len;
        found = strstr(line, text) != NULL;
    }
    if (found)
        fputs(line, stdout);
    free(line);
    fclose(in);
    return found;
}

static int line(char **argv)
{
    long long until = now_ms() + atoll(argv[2]) * 1000;
    long from = atol(argv[3]);
    struct pollfd ready = {.fd = inotify_init1(IN_NONBLOCK), .events = POLLIN};
    char events[4096];

    if (inotify_add_watch(ready.fd, argv[0], IN_MODIFY) < 0)
        fail(argv[0]);
    while (!line_find(argv[0], argv[1], &from)) {
        long long left = until - now_ms();

        if (left <= 0 || poll(&ready, 1, (int)left) <= 0)
            return 1;
        while (read(ready.fd, events, sizeof(events)) > 0)
            continue;
    }
    return 0;
}

/* ---- hold ---- */

/* What SQLite itself locks while it writes in WAL mode. */
#define WAL_WRITE_LOCK 120

static int hold(const char *database)
{
    struct flock lock = {.l_type = F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = WAL_WRITE_LOCK,
                         .l_len = 1};
    char name[PATH_MAX], input[64];
    int fd;

    alarm(GIVE_UP_MS / 1000); /* the lock may never come */
    snprintf(name, sizeof(name), "%s-shm", database);
    fd = open(name, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fcntl(fd, F_SETLKW, &lock) != 0)
        fail(name);
    alarm(0);
    puts("held");
    fflush(stdout);
    while (read(0, input, sizeof(input)) > 0)
        continue;
    return 0;
}

/* ---- crowd ---- */

static int crowd(int port, int count)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct pollfd reader = {.fd = 1};
    char text[4096];
    size_t len = fread(text, 1, sizeof(text), stdin);

    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    alarm(GIVE_UP_MS / 1000); /* nor a connection */
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        if (fd < 0)
            fail("socket");
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
            fail("connect");
        /* That one was ended already is fine. */
        (void)!send(fd, text, len, MSG_NOSIGNAL);
    }
    alarm(0);
    puts("held");
    fflush(stdout);
    while (poll(&reader, 1, -1) < 0 && errno == EINTR)
        continue;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 6 && strcmp(argv[1], "ask") == 0)
        return ask(argv + 2, argc - 2);
    if (argc >= 5 && strcmp(argv[1], "post") == 0)
        return post(argv + 2, argc - 2);
    if (argc == 6 && strcmp(argv[1], "line") == 0)
        return line(argv + 2);
    if (argc == 3 && strcmp(argv[1], "hold") == 0)
        return hold(argv[2]);
    if (argc == 4 && strcmp(argv[1], "crowd") == 0)
        return crowd(atoi(argv[2]), atoi(argv[3]));
    fputs("drive: see the head of drive.c\n", stderr);
    return 2;
}
