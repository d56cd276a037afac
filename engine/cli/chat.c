/* engine/cli/chat.c - usher chat: talk to the bot in the terminal. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "conversation/terminal.h"
#include "core/buffer.h"
#include "core/config.h"
#include "engine.h"

extern char **environ;

static const char help[] =
    "usher chat - talk to the bot in the terminal\n"
    "\n"
    "  usher chat [--flows DIR] [--url URL]\n"
    "\n"
    "  --flows DIR  the flows to talk to (default: FLOWS_DIR, else flows)\n"
    "  --url URL    talk to a running engine instead, such as\n"
    "               http://127.0.0.1:8000 (WEBHOOK_SECRET from the "
    "environment)\n"
    "\n"
    "Its own engine keeps everything in memory, and Zoho is the built-in\n"
    "simulator: nothing is real. A number clicks a button; /help lists more.\n"
    "\n"
    "Example: printf 'hello\\ncall me tomorrow at 3\\n' | usher chat\n";

/* Settings of the environment that are about the talk and no secrets. */
static char **settings_make(void)
{
    char **list = calloc(USHER_SETTING_COUNT + 1, sizeof(*list));
    size_t count = 0;

    for (char **at = environ; list && *at; at++) {
        size_t len = strcspn(*at, "=");
        char name[64];
        int setting;

        if (len == 0 || len >= sizeof(name) || !(*at)[len] || !(*at)[len + 1])
            continue;
        memcpy(name, *at, len);
        name[len] = '\0';
        setting = usher_setting_find(name);
        if (setting < USHER_SETTING_TIME_ZONE ||
            usher_setting_at((size_t)setting)->secret ||
            setting == USHER_SETTING_WORKERS)
            continue;
        list[count++] = *at;
    }
    return list;
}

/* "http://host:1" is completed by the webhook's path. */
static char *url_make(const char *url)
{
    struct usher_buffer full;
    const char *host = strstr(url, "://");

    usher_buffer_init(&full, 0);
    usher_buffer_text(&full, url);
    while (full.len && full.data[full.len - 1] == '/')
        full.len--;
    if (!host || !strchr(host + 3, '/') || !strchr(host + 3, '/')[1])
        usher_buffer_text(&full, "/webhook/salesiq");
    usher_buffer_byte(&full, '\0');
    return usher_buffer_take(&full, NULL);
}

static const char *zone_find(char *machine, size_t size)
{
    const char *zone = getenv("TIME_ZONE");

    settings_zone(machine, size);
    return zone && zone[0] ? zone : machine;
}

static const char *flows_find(const char *asked)
{
    const char *set = getenv("FLOWS_DIR");

    if (asked)
        return asked;
    if (set && set[0])
        return set;
    return access("flows/init.lua", R_OK) == 0 ? "flows" : NULL;
}

static void welcome(const struct usher_terminal_options *options)
{
    if (options->url)
        printf("Talking to %s. ", options->url);
    else
        printf("Talking to the flows in %s, with a simulated Zoho. ",
               options->flows ? options->flows : "this program");
    puts("/help says more, /quit ends.\n");
}

int usher_cli_chat(int argc, char **argv)
{
    static const struct option options[] = {
        {"flows", required_argument, NULL, 'f'},
        {"url", required_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct usher_terminal_options chat = {
        .in = STDIN_FILENO,
        .out = stdout,
        .colours = isatty(STDOUT_FILENO),
        .echo = !isatty(STDIN_FILENO),
        .secret = getenv("WEBHOOK_SECRET"),
    };
    struct usher_error error = {""};
    char machine[64], *url = NULL, **settings;
    const char *flows = NULL;
    enum usher_status st;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'f') {
            flows = optarg;
        } else if (option == 'u') {
            free(url);
            url = url_make(optarg);
        } else {
            fputs(option == 'h' ? help
                                : "usher chat: see `usher chat --help`\n",
                  option == 'h' ? stdout : stderr);
            free(url);
            return option == 'h' ? 0 : 2;
        }
    }
    settings = settings_make();
    chat.flows = flows_find(flows);
    chat.zone = zone_find(machine, sizeof(machine));
    chat.url = url;
    chat.settings = settings;
    welcome(&chat);
    st = usher_terminal_run(&chat, &error);
    if (st != USHER_OK)
        fprintf(stderr, "usher chat: %s\n",
                error.text[0] ? error.text : usher_status_text(st));
    free(settings);
    free(url);
    return st == USHER_OK ? 0 : 1;
}
