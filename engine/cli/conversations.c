/* engine/cli/conversations.c - usher conversations: the last ones, and what
 * was said in one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "conversation/export.h"

static const char help[] =
    "usher conversations - the last conversations, and what was said in one\n"
    "\n"
    "  usher conversations [--search TEXT] [--limit N]\n"
    "                      [--env FILE | --url URL] [--json]\n"
    "  usher conversations show KEY\n"
    "  usher conversations export KEY > spec/NAME_spec.lua\n"
    "\n"
    "  --search TEXT only those in which it stands: words of either side, a\n"
    "                phone number however it is written, a name or e-mail\n"
    "                address, a part of the key\n"
    "  --limit N     at most so many, 1 to 1000 (default: 50)\n"
    "  KEY           as the list shows it: siq:310000000045001\n" USHER_ASK_HELP
    "\n"
    "The list has the last turn, the flow that waits for the visitor, and the\n"
    "visitor's first words. The last 20 messages of a conversation are kept "
    "and\n"
    "searched, what flows remember and promised of it, and, while a flow "
    "waits,\n"
    "what SalesIQ told of the visitor. A search reads one conversation after "
    "the\n"
    "other, the last 10,000 at most: about a second.\n"
    "It shows what visitors wrote: mind who reads along.\n"
    "\n"
    "Example: usher conversations --search \"98765 43210\"\n"
    "         usher conversations show siq:310000000045001\n";

/* What is left to say where nothing, or not all, was found. */
static void end_print(const json_t *answer, const char *search)
{
    json_int_t looked = json_integer_value(json_object_get(answer, "looked"));
    int is_cut = search && looked > 0 &&
                 looked == json_integer_value(json_object_get(answer, "most"));

    if (json_array_size(json_object_get(answer, "conversations")) == 0)
        puts(search && looked ? "in no conversation that is kept"
                              : "no conversation yet");
    if (is_cut)
        printf("(searched: the last %lld)\n", (long long)looked);
}

static void list_print(const json_t *answer, const char *search)
{
    const json_t *list = json_object_get(answer, "conversations");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *each = json_array_get(list, i);
        char when[32];

        usher_ask_time(json_object_get(each, "touched_at"), when, sizeof(when));
        printf("%s  turns %4lld  %s", when,
               (long long)json_integer_value(json_object_get(each, "turns")),
               usher_ask_line(each, "key"));
        if (json_is_true(json_object_get(each, "unreadable")))
            printf("  (cannot be read)");
        if (json_is_true(json_object_get(each, "waits")))
            printf("  in %s", usher_ask_line(each, "flow"));
        if (usher_ask_text(each, "first")[0])
            printf("  \"%s\"", usher_ask_line(each, "first"));
        putchar('\n');
    }
    end_print(answer, search);
}

static void one_print(const json_t *answer)
{
    const json_t *messages = json_object_get(answer, "messages");
    char *memory =
        json_dumps(json_object_get(answer, "memory"), JSON_ENCODE_ANY);
    char when[32];

    usher_ask_time(json_object_get(answer, "touched_at"), when, sizeof(when));
    printf("%s, last turn %s\n", usher_ask_text(answer, "key"), when);
    if (usher_ask_text(answer, "flow")[0])
        printf("flow %s of version %.12s%s\n", usher_ask_text(answer, "flow"),
               usher_ask_text(answer, "version"),
               json_is_true(json_object_get(answer, "waits"))
                   ? ", waits for the visitor"
                   : "");
    printf("memory %s\n\n", memory ? memory : "?");
    free(memory);
    for (size_t i = 0; i < json_array_size(messages); i++) {
        const json_t *message = json_array_get(messages, i);

        printf("%7s: ", usher_ask_text(message, "who"));
        puts(usher_ask_line(message, "text"));
    }
}

/* The turns as a spec file. */
static int spec_print(const json_t *answer)
{
    char *json = json_dumps(answer, JSON_COMPACT);
    struct usher_buffer text;
    struct usher_error error = {"not enough memory"};
    enum usher_status st = USHER_ERR_NOMEM;

    usher_buffer_init(&text, 0);
    if (json)
        st = usher_export_spec(json, strlen(json), &text, &error);
    if (st == USHER_OK)
        fwrite(text.data, 1, text.len, stdout);
    else
        fprintf(stderr, "usher conversations: %s\n", error.text);
    usher_buffer_free(&text);
    free(json);
    return st == USHER_OK ? 0 : 1;
}

int usher_cli_conversations(int argc, char **argv)
{
    const char *limit = NULL, *search = NULL;
    struct usher_ask ask = {.command = "usher conversations",
                            .help = help,
                            .limit = &limit,
                            .search = &search};
    json_t *answer = NULL;
    int code = usher_ask_open(&ask, argc, argv, 2);
    int show, export;

    if (code >= 0)
        return code;
    show = ask.word_count == 2 && strcmp(ask.words[0], "show") == 0;
    export = ask.word_count == 2 && strcmp(ask.words[0], "export") == 0;
    if (ask.word_count && !show && !export) {
        fputs("usher conversations: to read one: usher conversations show "
              "KEY\n",
              stderr);
        code = 2;
    } else if (export) {
        code = usher_ask_call(&ask, 0, "turns", "key", ask.words[1], &answer);
        if (answer)
            code = spec_print(answer);
    } else if (show) {
        code = usher_ask_call(&ask, 0, "conversation", "key", ask.words[1],
                              &answer);
        if (answer)
            one_print(answer);
    } else {
        code =
            usher_ask_call(&ask, 0, "conversations", "search", search, &answer);
        if (answer)
            list_print(answer, search);
    }
    json_decref(answer);
    usher_ask_close(&ask);
    return code;
}
