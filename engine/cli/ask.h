/* engine/cli/ask.h - how a command asks the engine: over the Unix socket
 * beside the database, over HTTP with --url, or, when none runs, what the
 * database itself can answer. Blocks. */
#ifndef USHER_CLI_ASK_H
#define USHER_CLI_ASK_H

#include <jansson.h>

#include "cli/place.h"

/* The options that all such commands share. */
#define USHER_ASK_HELP                                                         \
    "  --env FILE    the settings that the engine was started with (default: " \
    ".env,\n"                                                                  \
    "                else the installed service's)\n"                          \
    "  --url URL     ask the engine there instead; needs ADMIN_TOKEN in the\n" \
    "                settings\n"                                               \
    "  --json        print the engine's answer as it is\n"

struct usher_ask {
    const char *command; /* "usher tasks", begins every message */
    const char *help;
    const char *env;
    const char *url;
    int json;
    const char **limit;  /* of --limit, where the command knows it; or NULL */
    const char **search; /* of --search, likewise */
    char *words[4];      /* what is left of the command line */
    int word_count;
    struct usher_place place;
    struct usher_config *config;
};

/* Reads the command line and loads the settings. Gives -1 to go on, else the
 * program's exit code (help was printed, or what is wrong). words_max: how
 * many the command takes. */
int usher_ask_open(struct usher_ask *ask, int argc, char **argv, int words_max);
/* Loads the settings alone, those of ask->env. -1, or the program's exit
 * code; then it is closed. */
int usher_ask_settings(struct usher_ask *ask);
/* `name` as in conversation/admin.h, with one parameter (NULL: none). *out is
 * the caller's, for json_decref(); NULL with --json (it was printed) and on
 * failure. Gives the program's exit code; it has said what went wrong. */
int usher_ask_call(const struct usher_ask *ask, int post, const char *name,
                   const char *parameter, const char *value, json_t **out);
/* Where this person may not read the settings file: ask->config, and what
 * ask->place gives, becomes what the engine tells of its settings; a secret
 * that is set is "set". 1: the settings are known; 0: it has said why not, and
 * they stay what they were. */
int usher_ask_learn(struct usher_ask *ask);
void usher_ask_close(struct usher_ask *ask);

/* "2026-07-01 14:03:07 UTC", as the log has it. */
void usher_ask_time(const json_t *seconds, char *out, size_t size);
/* A member that is a text; "" where there is none. */
const char *usher_ask_text(const json_t *object, const char *name);
/* The same as one line: breaks in it become blanks. */
const char *usher_ask_line(const json_t *object, const char *name);

#endif
