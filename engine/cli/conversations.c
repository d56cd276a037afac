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
    "  usher conversations [--env FILE | --url URL] [--json]\n"
    "  usher conversations show KEY\n"
    "  usher conversations export KEY > spec/NAME_spec.lua\n"
    "\n"
    "  KEY           as the list shows it: siq:310000000045001\n" USHER_ASK_HELP
    "\n"
    "It shows what visitors wrote: mind who reads along.\n"
    "\n"
    "Example: usher conversations; usher conversations show "
    "siq:310000000045001\n";

static void list_print(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "conversations");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *each = json_array_get(list, i);
        char when[32];

        usher_ask_time(json_object_get(each, "touched_at"), when, sizeof(when));
        printf("%s  turns %4lld  %s%s\n", when,
               (long long)json_integer_value(json_object_get(each, "turns")),
               usher_ask_text(each, "key"),
               json_is_true(json_object_get(each, "unreadable"))
                   ? "  (cannot be read)"
                   : "");
    }
    if (json_array_size(list) == 0)
        puts("no conversation yet");
}

/* What a visitor wrote, without the signs that a terminal obeys. */
static void text_print(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    for (; *at; at++) {
        if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
            at++; /* C1 controls */
        else if (*at >= ' ' && *at != 0x7f)
            putchar(*at);
        else
            putchar(' ');
    }
    putchar('\n');
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
        text_print(usher_ask_text(message, "text"));
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
    struct usher_ask ask = {.command = "usher conversations", .help = help};
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
        code = usher_ask_call(&ask, 0, "conversations", NULL, NULL, &answer);
        if (answer)
            list_print(answer);
    }
    json_decref(answer);
    usher_ask_close(&ask);
    return code;
}
