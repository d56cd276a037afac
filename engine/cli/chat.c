/* engine/cli/chat.c - usher chat: talk to the bot in the terminal. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "conversation/terminal.h"
#include "core/buffer.h"
#include "core/config.h"
#include "engine.h"

static const char help[] =
    "usher chat - talk to the bot in the terminal\n"
    "\n"
    "  usher chat [--flows DIR] [--env FILE] [--web FILE]\n"
    "  usher chat --url URL [--env FILE]\n"
    "\n"
    "  --flows DIR  the flows to talk to (default: FLOWS_DIR, else flows)\n"
    "  --env FILE   the settings (default: .env, if there is one, else the\n"
    "               installed service's)\n"
    "  --web FILE   what other hosts answer, in Lua as in a spec; without it\n"
    "               http.get and the like ask them for real\n"
    "  --url URL    talk to a running engine instead, such as\n"
    "               http://127.0.0.1:8000 (of the settings WEBHOOK_SECRET and\n"
    "               TIME_ZONE count)\n"
    "\n"
    "Its own engine keeps everything in memory, and Zoho is the built-in\n"
    "simulator, whatever the settings say. A number clicks a button; /help\n"
    "lists more. A line of FILE:\n"
    "\n"
    "  web.answers(\"GET https://shop.example.com/orders\", { json = { n = 1 "
    "} })\n"
    "\n"
    "Example: printf 'hello\\ncall me tomorrow at 3\\n' | usher chat\n";

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

/* The folder that the settings name, or the flows that are built in where
 * nobody names one and there is none. */
static const char *flows_find(const struct usher_config *config)
{
    const char *folder = usher_config_flows_dir(config);

    return usher_config_is_set(config, USHER_SETTING_FLOWS_DIR) ||
                   access(folder, F_OK) == 0
               ? folder
               : NULL;
}

/* The caller's, for free(); NULL: no memory. */
static char *welcome_make(const struct usher_terminal_options *chat)
{
    struct usher_buffer text;

    usher_buffer_init(&text, 0);
    if (chat->url)
        usher_buffer_printf(&text, "Talking to %s.", chat->url);
    else
        usher_buffer_printf(
            &text, "Talking to the flows in %s. Zoho is simulated, %s%s.",
            chat->flows ? chat->flows : "this program",
            chat->web ? "other hosts answer from "
                      : "http to other hosts is real",
            chat->web ? chat->web : "");
    usher_buffer_text(&text, " /help says more, /quit ends.\n");
    usher_buffer_byte(&text, '\0');
    return usher_buffer_take(&text, NULL);
}

/* What is wrong with the settings, all of it. */
static enum usher_status config_load(const struct usher_config_source *source,
                                     struct usher_config **config)
{
    struct usher_error_list problems = {0};
    enum usher_status st = usher_config_load(source, config, &problems);

    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "usher chat: %s%s\n",
                problems.items[i].warning ? "warning: " : "",
                problems.items[i].text);
    if (st == USHER_ERR_NOMEM)
        fputs("usher chat: not enough memory\n", stderr);
    usher_error_list_free(&problems);
    return st;
}

/* Options that make no sense together. */
static const char *misuse_find(const struct usher_terminal_options *chat)
{
    if (chat->url && chat->flows)
        return "--flows is for usher's own engine; the one behind --url has "
               "its flows";
    if (chat->url && chat->web)
        return "--web is for usher's own engine; the one behind --url asks "
               "other hosts itself";
    return NULL;
}

static int talk(struct usher_terminal_options *chat,
                const struct usher_config_source *source)
{
    struct usher_config *config = NULL;
    struct usher_error error = {""};
    enum usher_status st = config_load(source, &config);
    char machine[64], *welcome;

    if (st != USHER_OK)
        return 1;
    settings_zone(machine, sizeof(machine));
    chat->source = source;
    chat->secret = usher_config_text(config, USHER_SETTING_WEBHOOK_SECRET);
    chat->zone = usher_config_text(config, USHER_SETTING_TIME_ZONE);
    if (!chat->zone)
        chat->zone = machine;
    if (!chat->flows && !chat->url)
        chat->flows = flows_find(config);
    welcome = welcome_make(chat);
    chat->welcome = welcome ? welcome : "";
    st = usher_terminal_run(chat, &error);
    free(welcome);
    if (st != USHER_OK)
        fprintf(stderr, "usher chat: %s\n",
                error.text[0] ? error.text : usher_status_text(st));
    usher_config_release(config);
    return st == USHER_OK ? 0 : 1;
}

int usher_cli_chat(int argc, char **argv)
{
    static const struct option options[] = {
        {"flows", required_argument, NULL, 'f'},
        {"env", required_argument, NULL, 'e'},
        {"web", required_argument, NULL, 'w'},
        {"url", required_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct usher_terminal_options chat = {
        .in = STDIN_FILENO,
        .out = stdout,
        .colours = isatty(STDOUT_FILENO),
        .echo = !isatty(STDIN_FILENO),
    };
    struct usher_ask ask = {.command = "usher chat"};
    struct usher_config_source source;
    const char *misuse;
    char *url = NULL;
    int option, code;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'f') {
            chat.flows = optarg;
        } else if (option == 'e') {
            ask.env = optarg;
        } else if (option == 'w') {
            chat.web = optarg;
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
    chat.url = url;
    misuse = misuse_find(&chat);
    if (!misuse && optind < argc)
        misuse = "it takes options only; see `usher chat --help`";
    if (misuse)
        fprintf(stderr, "usher chat: %s\n", misuse);
    code = misuse ? 2 : usher_ask_settings(&ask);
    if (code < 0) {
        (void)usher_ask_learn(&ask); /* else without what is set */
        source = usher_place_source(&ask.place);
        code = talk(&chat, &source);
        usher_ask_close(&ask);
    }
    free(url);
    return code;
}
