/* engine/cli/ask.h - how a command asks the engine: over the Unix socket
 * beside the database, over HTTP with --url, or, when none runs, what the
 * database itself can answer. Blocks. */
#ifndef USHER_CLI_ASK_H
#define USHER_CLI_ASK_H

#include <jansson.h>

#include "core/config.h"

/* The options that all such commands share. */
#define USHER_ASK_HELP                                                         \
    "  --env FILE    the settings that the engine was started with (default: " \
    ".env)\n"                                                                  \
    "  --url URL     ask the engine there instead; needs ADMIN_TOKEN in the\n" \
    "                settings\n"                                               \
    "  --json        print the engine's answer as it is\n"

struct usher_ask {
    const char *command; /* "usher tasks", begins every message */
    const char *help;
    const char *env;
    const char *url;
    int json;
    char *words[4]; /* what is left of the command line */
    int word_count;
    struct usher_config *config;
};

/* Reads the command line and loads the settings. Gives -1 to go on, else the
 * program's exit code (help was printed, or what is wrong). words_max: how
 * many the command takes. */
int usher_ask_open(struct usher_ask *ask, int argc, char **argv, int words_max);
/* `name` as in conversation/admin.h, with one parameter (NULL: none). *out is
 * the caller's, for json_decref(); NULL with --json (it was printed) and on
 * failure. Gives the program's exit code; it has said what went wrong. */
int usher_ask_call(const struct usher_ask *ask, int post, const char *name,
                   const char *parameter, const char *value, json_t **out);
void usher_ask_close(struct usher_ask *ask);

/* "2026-07-01 14:03:07 UTC", as the log has it. */
void usher_ask_time(const json_t *seconds, char *out, size_t size);
/* A member that is a text; "" where there is none. */
const char *usher_ask_text(const json_t *object, const char *name);
/* The same as one line: breaks in it become blanks. */
const char *usher_ask_line(const json_t *object, const char *name);

#endif
