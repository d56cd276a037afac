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
    "open tasks are tried again by themselves, paused ones wait for a token\n"
    "(`usher doctor` says which), dead ones wait for you: what stands behind\n"
    "them is why. A retry first looks whether the work was done already.\n"
    "\n"
    "Example: usher tasks; usher tasks retry 5d41e9\n";

static void print(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "tasks");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *task = json_array_get(list, i);
        char due[32];

        usher_ask_time(json_object_get(task, "due_at"), due, sizeof(due));
        printf("%.12s  %-6s  %-20s  tries %lld  due %s  %s\n",
               usher_ask_text(task, "id"), usher_ask_text(task, "state"),
               usher_ask_text(task, "task"),
               (long long)json_integer_value(json_object_get(task, "tries")),
               due, usher_ask_text(task, "conversation"));
        if (usher_ask_text(task, "reason")[0])
            printf("              %s\n", usher_ask_text(task, "reason"));
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
