/* engine/cli/parse.c - usher parse: what the flows' parsers make of messages.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "conversation/parser.h"
#include "core/clock.h"
#include "core/place.h"
#include "core/zone.h"
#include "engine.h"

static const char help[] =
    "usher parse - finds phone numbers and times in messages\n"
    "\n"
    "  usher parse [--zone ZONE] [--region CC] [--now UNIX] TEXT...\n"
    "  usher parse < LINES\n"
    "\n"
    "  TEXT          explained for people\n"
    "  --zone ZONE   where the visitor is (default: TIME_ZONE, the machine's)\n"
    "  --region CC   the visitor's country (default: DEFAULT_REGION, the "
    "zone's)\n"
    "  --now UNIX    the time it is (default: now)\n"
    "  --flows DIR   whose parsers (default: FLOWS_DIR, else flows, else "
    "those\n"
    "                that are built in)\n"
    "\n"
    "Without TEXT it reads lines of JSON {\"id\", \"text\", \"now\", \"tz\", "
    "\"region\"}\n"
    "and writes lines {\"id\", \"time\", \"time_sure\", \"phones\", "
    "\"phones_sure\", \"unread\"}.\n"
    "\n"
    "Example: usher parse --zone Asia/Kolkata \"98765 43210, tomorrow at 3\"\n";

struct parse {
    const char *flows;
    const char *zone;
    const char *region;
    int64_t now_s;
    char machine_zone[64];
    struct usher_places *places;
};

static const char *environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value && value[0] ? value : otherwise;
}

static void defaults(struct parse *parse)
{
    settings_zone(parse->machine_zone, sizeof(parse->machine_zone));
    parse->flows = environment("FLOWS_DIR", "flows");
    parse->zone = environment("TIME_ZONE", parse->machine_zone);
    parse->region = environment("DEFAULT_REGION", NULL);
    parse->now_s = usher_clock_wall_ms(usher_clock_system()) / 1000;
}

#define CHUNK_BYTES 65536

/* Answers the whole lines of `in` and leaves the beginning of the next. */
static enum usher_status answer_lines(struct usher_parser *parser,
                                      struct usher_buffer *in,
                                      struct usher_error *error)
{
    const char *at = in->data, *end = in->data + in->len, *newline;
    struct usher_buffer out;
    enum usher_status st = USHER_OK;

    usher_buffer_init(&out, 0);
    while (st == USHER_OK &&
           (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        st = usher_parser_line(parser, at, (size_t)(newline - at), &out, error);
        usher_buffer_byte(&out, '\n');
        at = newline + 1;
    }
    if (st == USHER_OK && out.failed)
        st = USHER_ERR_NOMEM;
    if (st == USHER_OK && out.len > 0)
        fwrite(out.data, 1, out.len, stdout);
    fflush(stdout);
    in->len = (size_t)(end - at);
    memmove(in->data, at, in->len);
    usher_buffer_free(&out);
    return st;
}

/* Lines in, lines out, as many at once as have come: a program may be at the
 * other end and wait for its answer. */
static int lines(struct usher_parser *parser)
{
    struct usher_buffer in;
    struct usher_error error = {"not enough memory"};
    enum usher_status st = USHER_OK;
    ssize_t got = 1;

    usher_buffer_init(&in, 0);
    while (st == USHER_OK && got > 0) {
        char *place = usher_buffer_reserve(&in, CHUNK_BYTES);

        got = place ? read(STDIN_FILENO, place, CHUNK_BYTES) : -1;
        if (!place) {
            st = USHER_ERR_NOMEM;
        } else if (got < 0) {
            usher_error_set(&error, "the input cannot be read: %s",
                            strerror(errno));
            st = USHER_ERR_IO;
        } else if (got > 0)
            in.len += (size_t)got;
        else if (in.len > 0) /* the last line, without its end */
            usher_buffer_byte(&in, '\n');
        if (st == USHER_OK && in.len > 0)
            st = answer_lines(parser, &in, &error);
    }
    usher_buffer_free(&in);
    if (st == USHER_OK)
        return 0;
    fprintf(stderr, "usher parse: %s\n", error.text);
    return 1;
}

static int explain(struct usher_parser *parser, struct parse *parse, int count,
                   char **words)
{
    struct usher_buffer text, out;
    struct usher_error error = {""};
    enum usher_status st = USHER_ERR_NOMEM;

    usher_buffer_init(&text, 0);
    usher_buffer_init(&out, 0);
    for (int i = 0; i < count; i++)
        usher_buffer_printf(&text, "%s%s", i ? " " : "", words[i]);
    if (!parse->region &&
        usher_places_load("/usr/share/zoneinfo", &parse->places) == USHER_OK)
        parse->region = usher_places_zone_country(parse->places, parse->zone);
    if (!text.failed)
        st = usher_parser_explain(parser, text.data ? text.data : "",
                                  parse->now_s, parse->zone, parse->region,
                                  &out, &error);
    if (st == USHER_OK)
        printf("%s\n(seen from %s%s%s)\n", out.data ? out.data : "",
               parse->zone, parse->region ? ", region " : "",
               parse->region ? parse->region : "");
    else
        fprintf(stderr, "usher parse: %s\n", error.text);
    usher_places_free(parse->places);
    usher_buffer_free(&text);
    usher_buffer_free(&out);
    return st == USHER_OK ? 0 : 1;
}

static int read_now(const char *text, int64_t *now_s)
{
    char *end;

    errno = 0;
    *now_s = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0')
        return 1;
    fprintf(stderr,
            "usher parse: --now takes Unix seconds, such as 1772447400, "
            "not \"%s\"\n",
            text);
    return 0;
}

/* Whether it is one; told where not. origin: "--zone" or "TIME_ZONE". */
static int zone_check(const char *origin, const char *zone)
{
    struct usher_zones *zones = usher_zones_new();
    int known = zones && usher_zones_find(zones, zone, strlen(zone)) != NULL;

    usher_zones_free(zones);
    if (!known)
        fprintf(stderr,
                "usher parse: %s: there is no time zone \"%s\"; write its name "
                "as Continent/City, such as Asia/Kolkata\n",
                origin, zone);
    return known;
}

static int region_check(const char *origin, const char *region)
{
    if (strlen(region) == 2 && isupper((unsigned char)region[0]) &&
        isupper((unsigned char)region[1]))
        return 1;
    fprintf(stderr,
            "usher parse: %s: a country is two capital letters, such as IN, "
            "not \"%s\"\n",
            origin, region);
    return 0;
}

/* Whether what was given, or stands in the environment, can be used. */
static int place_check(const struct parse *parse)
{
    const char *zone = getenv("TIME_ZONE"), *region = getenv("DEFAULT_REGION");

    return (parse->zone == parse->machine_zone ||
            zone_check(parse->zone == zone ? "TIME_ZONE" : "--zone",
                       parse->zone)) &&
           (!parse->region ||
            region_check(parse->region == region ? "DEFAULT_REGION"
                                                 : "--region",
                         parse->region));
}

/* 0: go on; else the exit status and one. */
static int options_read(struct parse *parse, int argc, char **argv)
{
    static const struct option options[] = {
        {"zone", required_argument, NULL, 'z'},
        {"region", required_argument, NULL, 'r'},
        {"now", required_argument, NULL, 'n'},
        {"flows", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'z':
            parse->zone = optarg;
            break;
        case 'r':
            parse->region = optarg;
            break;
        case 'n':
            if (!read_now(optarg, &parse->now_s))
                return 3;
            break;
        case 'f':
            parse->flows = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return 1;
        default:
            fputs("usher parse: see `usher parse --help`\n", stderr);
            return 3;
        }
    }
    return 0;
}

int usher_cli_parse(int argc, char **argv)
{
    struct parse parse = {0};
    struct usher_parser *parser;
    struct usher_error error = {""};
    int code;

    defaults(&parse);
    code = options_read(&parse, argc, argv);
    if (code)
        return code - 1;
    if (!place_check(&parse))
        return 2;
    if (usher_parser_new(parse.flows, &parser, &error) != USHER_OK) {
        fprintf(stderr, "usher parse: %s\n", error.text);
        return 1;
    }
    code = optind < argc ? explain(parser, &parse, argc - optind, argv + optind)
                         : lines(parser);
    usher_parser_free(parser);
    return code;
}
