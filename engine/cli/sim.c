/* engine/cli/sim.c - usher sim: the built-in Zoho alone, for an engine in
 * another process. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "bind/service.h"
#include "cli/cli.h"
#include "core/files.h"

#define PORT_DEFAULT 8001

static const char help[] =
    "usher sim - the built-in Zoho alone, on 127.0.0.1\n"
    "\n"
    "  usher sim [--port N]\n"
    "\n"
    "  --port N   default 8001; 0: any that is free\n"
    "\n"
    "It prints the settings of an engine that talks to it, as lines for a\n"
    ".env file, then serves until Ctrl-C. Its records: GET /_records.\n"
    "\n"
    "Example: usher sim > sim.env & sleep 1; usher serve --env sim.env\n";

static void setting_print(void *user, const char *name, const char *value)
{
    (void)user;
    printf("%s=%s\n", name, value);
}

static void settings_print(const struct usher_service *service)
{
    static const char *const urls[] = {"ZOHO_ACCOUNTS_URL", "SALESIQ_URL",
                                       "DESK_URL"};
    unsigned port = usher_service_port(service);

    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        printf("%s=http://127.0.0.1:%u\n", urls[i], port);
    usher_service_defaults(service, setting_print, NULL);
    /* Last: who reads this line has read all and may send requests. */
    printf("# the simulator is ready on http://127.0.0.1:%u\n", port);
    fflush(stdout);
}

/* 0 where text is no port number. */
static int port_read(const char *text, uint16_t *out)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end == text || *end || number < 0 || number > 65535)
        return 0;
    *out = (uint16_t)number;
    return 1;
}

static int serve(uint16_t port)
{
    struct usher_service_options options = {.clock = usher_clock_system(),
                                            .port = port};
    struct usher_service *service;
    struct usher_error error = {""};
    sigset_t ends;
    int signal_number;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    if (usher_service_start(&options, &service, &error) != USHER_OK) {
        fprintf(stderr, "usher sim: %s\n", error.text);
        return 1;
    }
    settings_print(service);
    sigwait(&ends, &signal_number);
    usher_service_stop(service);
    return 0;
}

int usher_cli_sim(int argc, char **argv)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    uint16_t port = PORT_DEFAULT;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option != 'p' || !port_read(optarg, &port)) {
            fputs("usher sim: see `usher sim --help`\n", stderr);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr,
                "usher sim: '%s' is not expected; see `usher sim --help`\n",
                argv[optind]);
        return 2;
    }
    usher_files_raise_limit();
    return serve(port);
}
