/* engine/cli/tasks.c - usher tasks: work that is open, paused or dead. */
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"

static const char help[] =
    "usher tasks - tasks that are not done, and trying one again\n"
    "\n"
    "  usher tasks [--env FILE | --url URL] [--json]\n"
    "  usher tasks retry ID\n"
    "\n"
    "  ID            at least 6 digits of a task's id\n" USHER_ASK_HELP "\n"
    "open tasks are tried again by themselves, paused ones go on when their\n"
    "credential has a new token, dead ones wait for you. Below each stands "
    "why,\n"
    "and what to do where a person must. Where nobody knows whether something\n"
    "was done, a retry says that you looked, and it was not: it is sent "
    "again.\n"
    "\n"
    "Example: usher tasks; usher tasks retry 5d41e9\n";

/* When it is tried next: only an open task has a date. */
static void when(const json_t *task, char *out, size_t size)
{
    const char *state = usher_ask_line(task, "state");
    const json_t *due = json_object_get(task, "due_at");
    char at[32];

    if (strcmp(state, "paused") == 0) {
        snprintf(out, size, "waits for a token");
    } else if (strcmp(state, "dead") == 0) {
        snprintf(out, size, "waits for a person");
    } else if (!json_is_integer(due)) {
        snprintf(out, size, "due now");
    } else {
        usher_ask_time(due, at, sizeof(at));
        snprintf(out, size, "due %s", at);
    }
}

static void line_print(const char *head, const char *text)
{
    if (text[0])
        printf("              %s%s\n", head, text);
}

static void print(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "tasks");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *task = json_array_get(list, i);
        char next[48];

        when(task, next, sizeof(next));
        printf("%.12s  %-6s  %-20s  tries %lld  %s  %s\n",
               usher_ask_line(task, "id"), usher_ask_line(task, "state"),
               usher_ask_line(task, "task"),
               (long long)json_integer_value(json_object_get(task, "tries")),
               next, usher_ask_line(task, "conversation"));
        line_print("", usher_ask_line(task, "reason"));
        line_print("do: ", usher_ask_line(task, "hint"));
        if (json_is_true(json_object_get(task, "unreadable")))
            line_print("", "this version cannot read it and leaves it as it "
                           "is: /readyz says more");
    }
    if (json_array_size(list) == 0)
        puts("all tasks are done");
}

int usher_cli_tasks(int argc, char **argv)
{
    struct usher_ask ask = {.command = "usher tasks", .help = help};
    json_t *answer = NULL;
    int code = usher_ask_open(&ask, argc, argv, 2);
    int retry;

    if (code >= 0)
        return code;
    retry = ask.word_count == 2 && strcmp(ask.words[0], "retry") == 0;
    if (ask.word_count && !retry) {
        fputs("usher tasks: to try one again: usher tasks retry ID\n", stderr);
        code = 2;
    } else if (retry) {
        code = usher_ask_call(&ask, 1, "retry", "id", ask.words[1], &answer);
        if (answer)
            printf("%s is tried again now; `usher tasks` shows what became of "
                   "it\n",
                   usher_ask_text(answer, "id"));
    } else {
        code = usher_ask_call(&ask, 0, "tasks", NULL, NULL, &answer);
        if (answer)
            print(answer);
    }
    json_decref(answer);
    usher_ask_close(&ask);
    return code;
}
