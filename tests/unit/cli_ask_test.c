/* tests/unit/cli_ask_test.c - what the commands ask of an engine, print of its
 * answer and exit with, word for word: cli_ask.txt is run again. A child stands
 * in for the engine; it answers what is written there, and tells what it was
 * asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "own_folder.h"
#include "patience.h"

enum { ASKED_MAX = 3, TEXT_MAX = 4096, ALL_MAX = 65536 };

static char folder[OWN_FOLDER_SIZE];
static char url[64], slashes[72];
static int answers, asked; /* to the child, from it */
static pid_t child;

/* ---- the engine's place ---- */

static int listen_at(const void *at, socklen_t len, int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, at, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

/* The first line without its end, and who asks. */
static void asked_tell(int to, const char *request)
{
    const char *end = strstr(request, " HTTP/");
    const char *bearer = strstr(request, "Authorization: ");

    dprintf(to, "%.*s", end ? (int)(end - request) : 0, request);
    if (bearer)
        dprintf(to, " (%.*s)", (int)strcspn(bearer + 15, "\r"), bearer + 15);
    dprintf(to, "\n");
}

static void serve(int fd, int from, int to)
{
    char request[TEXT_MAX], body[TEXT_MAX];
    int head[2]; /* status, length */
    size_t len = 0;
    ssize_t got;

    do {
        got = read(fd, request + len, sizeof(request) - 1 - len);
        len += got > 0 ? (size_t)got : 0;
        request[len] = '\0';
    } while (got > 0 && !strstr(request, "\r\n\r\n"));
    asked_tell(to, request);
    if (read(from, head, sizeof(head)) == sizeof(head) &&
        (head[1] == 0 || read(from, body, (size_t)head[1]) == head[1]))
        dprintf(fd,
                "HTTP/1.1 %d Is\r\nContent-Length: %d\r\n"
                "Connection: close\r\n\r\n%.*s",
                head[0], head[1], head[1], body);
    close(fd);
}

static void stand_in(int local, int far, int from, int to)
{
    struct pollfd two[] = {{local, POLLIN, 0}, {far, POLLIN, 0}};

    while (poll(two, 2, -1) > 0) {
        for (int i = 0; i < 2; i++)
            if (two[i].revents)
                serve(accept(two[i].fd, NULL, NULL), from, to);
    }
    _exit(1);
}

static void flows_make(void)
{
    FILE *file;

    assert_int_equal(mkdir("flows", 0700), 0);
    file = fopen("flows/init.lua", "wb");
    assert_non_null(file);
    fputs("return {}\n", file);
    fclose(file);
}

static int start(void **state)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in far = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(far);
    int one, other, in[2], out[2];

    (void)state;
    own_folder(folder);
    assert_int_equal(chdir(folder), 0);
    snprintf(local.sun_path, sizeof(local.sun_path), "%s/socket", folder);
    one = listen_at(&local, sizeof(local), AF_UNIX);
    other = listen_at(&far, len, AF_INET);
    assert_int_equal(getsockname(other, (struct sockaddr *)&far, &len), 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", ntohs(far.sin_port));
    snprintf(slashes, sizeof(slashes), "%s//", url);
    assert_int_equal(pipe(in) | pipe(out), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        stand_in(one, other, in[0], out[1]);
    close(one);
    close(other);
    close(in[0]);
    close(out[1]);
    answers = in[1];
    asked = out[0];
    flows_make();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    unlink("socket");
    unlink("out");
    unlink("err");
    unlink("flows/init.lua");
    rmdir("flows");
    return chdir("/") | rmdir(folder);
}

/* ---- a command ---- */

/* One of the file: "$ words", before it "% NAME=value" of its environment,
 * then "< status body" of each answer; what comes of it: "> asked", "| out",
 * "! err", "= exit code". @URL is where the child listens over HTTP. */
struct block {
    char words[256], setting[128], given[ALL_MAX];
    int answers;
};

static void file_read(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        fail_msg("%s is not there", path);
    out[fread(out, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* Sends a stream elsewhere; gives where it went. */
static int divert(FILE *stream, const char *path)
{
    int before, fd = fileno(stream);

    fflush(stream);
    before = dup(fd);
    assert_non_null(freopen(path, "wb", stream));
    return before;
}

static void restore(FILE *stream, int before)
{
    fflush(stream);
    dup2(before, fileno(stream));
    close(before);
}

static int command_run(char *words)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {
        {"tasks", usher_cli_tasks},
        {"versions", usher_cli_versions},
        {"rollback", usher_cli_rollback},
        {"reload", usher_cli_reload},
        {"diff", usher_cli_diff},
        {"conversations", usher_cli_conversations},
    };
    char *argv[16];
    int argc = 0;

    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "@URL") == 0     ? url
                       : strcmp(word, "@URL//") == 0 ? slashes
                                                     : word;
    argv[argc] = NULL;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(argv[0], commands[i].name) == 0)
            return commands[i].run(argc, argv);
    return -1;
}

static void answer_give(struct block *block, const char *line, int len)
{
    char *body;
    int head[2] = {(int)strtol(line, &body, 10), 0};

    head[1] = len - (int)(body + 1 - line);
    assert_int_equal(write(answers, head, sizeof(head)), sizeof(head));
    assert_int_equal(write(answers, body + 1, (size_t)head[1]), head[1]);
    block->answers++;
}

/* Adds each line behind a mark, the address as @URL. */
static void lines_add(char *out, const char *mark, const char *text)
{
    while (*text) {
        int len = (int)strcspn(text, "\n");
        const char *at = strstr(text, url);
        int before = at && at < text + len ? (int)(at - text) : len;
        int behind = before < len ? before + (int)strlen(url) : len;

        sprintf(out + strlen(out), "%s%.*s%s%.*s%s\n", mark, before, text,
                before < len ? "@URL" : "", len - behind, text + behind,
                text[len] ? "" : " (no end)");
        text += len + (text[len] == '\n');
    }
}

static void environment_set(const char *setting)
{
    const char *value = strchr(setting, '=');
    char name[64] = "";

    unsetenv("ADMIN_TOKEN");
    setenv("FLOWS_DIR", "flows", 1);
    setenv("DATABASE_URL", "sqlite:none.db", 1);
    setenv("ADMIN_SOCKET", "socket", 1);
    if (value) {
        sprintf(name, "%.*s", (int)(value - setting), setting);
        setenv(name, value + 1, 1);
    }
}

/* Runs it, and writes it as it should stand in the file. */
static void block_run(struct block *block, char *out)
{
    char words[256], text[TEXT_MAX] = "";
    int kept_out, kept_err, code;
    size_t len = 0;

    snprintf(words, sizeof(words), "%s", block->words);
    environment_set(block->setting);
    patience(block->words, __FILE__, __LINE__);
    kept_out = divert(stdout, "out");
    kept_err = divert(stderr, "err");
    code = command_run(words);
    restore(stderr, kept_err);
    restore(stdout, kept_out);
    for (int i = 0; i < block->answers; i += text[len++] == '\n')
        assert_int_equal(read(asked, text + len, 1), 1);
    patience_over();
    if (block->setting[0])
        sprintf(out + strlen(out), "%% %s\n", block->setting);
    sprintf(out + strlen(out), "$ %s\n%s", block->words, block->given);
    lines_add(out, "> ", text);
    file_read("out", text, sizeof(text));
    lines_add(out, "| ", text);
    file_read("err", text, sizeof(text));
    lines_add(out, "! ", text);
    sprintf(out + strlen(out), "= %d\n", code);
}

/* Reads up to "= code"; gives what follows it. */
static const char *block_read(struct block *block, const char *at)
{
    memset(block, 0, sizeof(*block));
    while (*at && *at != '=') {
        int len = (int)strcspn(at, "\n");

        if (*at == '%')
            sprintf(block->setting, "%.*s", len - 2, at + 2);
        if (*at == '$')
            sprintf(block->words, "%.*s", len - 2, at + 2);
        if (*at == '<') {
            sprintf(block->given + strlen(block->given), "%.*s\n", len, at);
            answer_give(block, at + 2, len - 2);
        }
        at += len + 1;
    }
    return *at ? at + strcspn(at, "\n") + 1 : at;
}

static void each_does_as_is_written(void **state)
{
    static char wanted[ALL_MAX], got[ALL_MAX], path[512];
    static struct block block;
    const char *root = getenv("ROOT"), *at = wanted;

    (void)state;
    assert_non_null(root); /* the working folder is the test's */
    snprintf(path, sizeof(path), "%s/tests/unit/cli_ask.txt", root);
    file_read(path, wanted, sizeof(wanted));
    while (*at) {
        const char *next = block_read(&block, at + (*at == '\n'));

        got[0] = *at == '\n' ? '\n' : '\0';
        got[1] = '\0';
        block_run(&block, got);
        if (strncmp(at, got, (size_t)(next - at)) != 0 ||
            strlen(got) != (size_t)(next - at))
            fail_msg("%s\ninstead of\n%.*s", got, (int)(next - at), at);
        at = next;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_does_as_is_written),
    };

    return cmocka_run_group_tests_name("cli_ask", tests, start, stop);
}
