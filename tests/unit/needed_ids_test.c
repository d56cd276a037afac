/* tests/unit/needed_ids_test.c - which ids of Zoho are missing for the flows of
 * a version, as their sources tell; and the words of those sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_fixture.h"
#include "conversation/needed_ids.h"
#include "own_folder.h"
#include "script/lua_token.h"
#include "zoho/operation.h"

/* ---- words ---- */

static void a_source_is_read_word_by_word(void **state)
{
    static const struct {
        const char *source;
        const char *words; /* n: name, s: text, o: sign or number */
    } cases[] = {
        {"", ""},
        {"zoho.desk", "n:zoho o:. n:desk "},
        {"local a=1", "n:local n:a o:= o:1 "},
        {"x['a b'] \"c\"", "n:x o:[ s:a b o:] s:c "},
        {"'it\\'s' b", "s:it\\'s n:b "},
        {"'a\\\\' b", "s:a\\\\ n:b "},
        {"-- zoho.desk\nb", "n:b "},
        {"--[[ zoho\n.desk ]] b", "n:b "},
        {"--[==[ ]] ]=] ]==] b", "n:b "},
        {"--[ one line\nb", "n:b "},
        {"[[a\nb]]c", "s:a\nb n:c "},
        {"[=[a]]b]=]c", "s:a]]b n:c "},
        {"a[b[1]]", "n:a o:[ n:b o:[ o:1 o:] o:] "},
        {"0x1F..a", "o:0x1F o:. o:. n:a "},
        {"'open", "s:open "},
        {"'open\nb", "s:open n:b "},
        {"[[open", "s:open "},
        {"--[[open", ""},
        {"'\\", "s:\\ "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *at = cases[i].source, *end = at + strlen(at);
        char words[200] = "";

        for (;;) {
            struct usher_lua_token token = usher_lua_token_next(&at, end);
            size_t used = strlen(words);

            if (token.kind == USHER_LUA_END)
                break;
            snprintf(words + used, sizeof(words) - used, "%c:%.*s ",
                     "?nso"[token.kind], (int)token.len, token.text);
        }
        assert_string_equal(words, cases[i].words);
    }
}

/* ---- operations ---- */

static void every_operation_names_its_ids(void **state)
{
    static const struct {
        const char *operation;
        const char *ids;
    } cases[] = {
        {"desk.create_call", "DESK_ORG_ID DESK_DEPARTMENT_ID "},
        {"desk.create_ticket", "DESK_ORG_ID DESK_DEPARTMENT_ID "},
        {"desk.search_contacts", "DESK_ORG_ID "},
        {"desk.update_call", "DESK_ORG_ID "},
        {"desk.organizations", ""},
        {"salesiq.open_conversation",
         "SALESIQ_SCREEN_NAME SALESIQ_APP_ID SALESIQ_DEPARTMENT_ID "},
        {"salesiq.departments", "SALESIQ_SCREEN_NAME "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned ids = usher_zoho_operation_ids(
            usher_zoho_operation_find(cases[i].operation));
        char names[200] = "";

        for (size_t id = 0; id < USHER_ZOHO_IDS; id++) {
            size_t used = strlen(names);

            if (ids & (1u << id))
                snprintf(names + used, sizeof(names) - used, "%s ",
                         usher_setting_at(USHER_ZOHO_FIRST_ID + id)->name);
        }
        assert_string_equal(names, cases[i].ids);
    }
}

/* ---- versions ---- */

/* A version of these files: as the store keeps one. */
static struct usher_version *version_of(const char *const *files, size_t count)
{
    char folder[OWN_FOLDER_SIZE], path[96], command[96];
    struct usher_version *version = NULL;
    struct usher_error error = {""};

    own_folder(folder);
    for (size_t i = 0; i < count; i++) {
        FILE *file;

        snprintf(path, sizeof(path), "%s/f%zu.lua", folder, i);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(files[i], file);
        fclose(file);
    }
    assert_int_equal(usher_version_read(folder, &version, &error), USHER_OK);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return version;
}

static void missing_note(void *user, const char *setting, const char *detail,
                         const char *hint)
{
    struct fixture *f = user;
    size_t used = strlen(f->seen);

    assert_non_null(strstr(hint, setting));
    assert_non_null(strstr(detail, " needs it"));
    snprintf(f->seen + used, sizeof(f->seen) - used, "%s ", setting);
}

static void missing_are(struct fixture *f, const char *settings,
                        const char *const *files, size_t count,
                        const char *wanted)
{
    struct usher_version *version = version_of(files, count);

    assert_int_equal(config_load(f, NULL, settings), USHER_OK);
    f->seen[0] = '\0';
    usher_missing_ids(version, f->config, missing_note, f);
    if (strcmp(f->seen, wanted) != 0)
        fail_msg("%s: expected \"%s\", got \"%s\"", files[0], wanted, f->seen);
    usher_version_release(version);
}

#define DESK_BOTH "DESK_ORG_ID DESK_DEPARTMENT_ID "
#define SALESIQ_ALL "SALESIQ_SCREEN_NAME SALESIQ_APP_ID SALESIQ_DEPARTMENT_ID "

static void calls_are_seen_however_they_are_written(void **state)
{
    static const char *const cases[][2] = {
        {"return function(chat) chat:say 'hello' end", ""},
        {"zoho.desk.create_call { subject = s }", DESK_BOTH},
        {"zoho.desk.create_call(fields)", DESK_BOTH},
        {"zoho . desk\n. create_call(fields)", DESK_BOTH},
        {"local desk = zoho.desk\ndesk.create_call(f)", DESK_BOTH},
        {"local d = zoho.desk local c = d.create_call c(f)", DESK_BOTH},
        {"local z = zoho z.desk.create_ticket(f)", DESK_BOTH},
        {"zoho['desk'][\"create_call\"](f)", DESK_BOTH},
        {"local name = 'create_call' zoho.desk[name](f)", DESK_BOTH},
        {"zoho.desk.search_contacts { email = e }", "DESK_ORG_ID "},
        {"zoho.desk.organizations()", ""},
        {"zoho.salesiq.open_conversation(t)", SALESIQ_ALL},
        {"zoho.salesiq.operators()", "SALESIQ_SCREEN_NAME "},
        {"-- zoho.desk.create_call(f)\nreturn 1", ""},
        {"--[[ zoho.desk.create_call(f) ]]", ""},
        {"return { desk = { create_call = 1 } }", ""},
        {"return 'zoho.desk.create_call'", ""},
        /* Ids that the call brings along. */
        {"zoho.desk.create_call { departmentId = \"123\", a = { b = 1 } }",
         "DESK_ORG_ID "},
        {"zoho.desk.create_call({ a = { departmentId = 1 } })", DESK_BOTH},
        {"zoho.desk.create_call { departmentId = where(x, 1), subject = s }",
         "DESK_ORG_ID "},
        {"zoho.desk.create_call { departmentId = config.DESK_DEPARTMENT_ID }",
         DESK_BOTH},
        {"zoho.desk.create_call { departmentId = x or "
         "config.DESK_DEPARTMENT_ID }",
         DESK_BOTH},
        {"zoho.desk.create_call { departmentId = '1' }\n"
         "zoho.desk.create_call(f)",
         DESK_BOTH},
        {"zoho.salesiq.open_conversation { app_id = a.b, department_id = d }",
         "SALESIQ_SCREEN_NAME "},
        /* Paths of one's own. */
        {"zoho.request { service = 'desk', path = p }", "DESK_ORG_ID "},
        {"zoho.request { service = 'salesiq', path = '/api/v2/' .. "
         "config.SALESIQ_SCREEN_NAME }",
         "SALESIQ_SCREEN_NAME "},
        {"zoho.request { service = 'salesiq', path = p }", ""},
        {"http.request { url = u } local x = zoho.desk.organizations()", ""},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        missing_are(f, "PORT=1", &cases[i][0], 1, cases[i][1]);
}

static void an_alias_may_cross_files(void **state)
{
    static const char *const files[] = {
        "return zoho.desk", "local d = require 'f0' d.create_call(f)"};

    missing_are(*state, "PORT=1", files, 2, DESK_BOTH);
}

static void what_is_set_is_not_missing(void **state)
{
    static const char *const file =
        "zoho.desk.create_call(f) zoho.salesiq.open_conversation(t)";

    missing_are(*state,
                "DESK_ORG_ID=1\nSALESIQ_APP_ID=2\nSALESIQ_SCREEN_NAME=x\n",
                &file, 1, "SALESIQ_DEPARTMENT_ID DESK_DEPARTMENT_ID ");
}

static void forward_opens_no_conversation(void **state)
{
    static const char *const heeds =
        "if config.INSTANT_CHAT == 'forward' then return chat:forward() end "
        "zoho.salesiq.open_conversation { app_id = config.SALESIQ_APP_ID }";
    static const char *const does_not =
        "zoho.salesiq.open_conversation { app_id = config.SALESIQ_APP_ID }";

    missing_are(*state, "INSTANT_CHAT=forward\n", &heeds, 1, "");
    missing_are(*state, "INSTANT_CHAT=open_conversation\n", &heeds, 1,
                SALESIQ_ALL);
    missing_are(*state, "INSTANT_CHAT=forward\n", &does_not, 1, SALESIQ_ALL);
}

static void what_is_missing_is_told_until_it_is_set(void **state)
{
    static const char *const file = "zoho.desk.create_call(f)";
    struct usher_version *version = version_of(&file, 1);
    struct usher_problems *problems = NULL;
    struct fixture *f = *state;
    struct usher_buffer out;

    assert_int_equal(usher_problems_new(NULL, &problems), USHER_OK);
    assert_int_equal(config_load(f, NULL, "PORT=1"), USHER_OK);
    usher_missing_ids_tell(version, f->config, problems);
    assert_int_equal(usher_problems_count(problems, USHER_PROBLEM_ID_MISSING),
                     2);
    assert_int_equal(config_load(f, NULL, "DESK_ORG_ID=7\n"), USHER_OK);
    usher_missing_ids_tell(version, f->config, problems);
    usher_buffer_init(&out, 0);
    usher_problems_json(problems, &out);
    assert_string_equal(
        out.data, "{\"code\":\"id_missing\",\"what\":\"an id that the flows "
                  "need is not set: their calls to Zoho fail\",\"subject\":"
                  "\"DESK_DEPARTMENT_ID\",\"detail\":\"zoho.desk.create_call "
                  "needs it\",\"hint\":\"add the line DESK_DEPARTMENT_ID=... "
                  "to .env: Desk department of callbacks and tickets\"}");
    usher_buffer_free(&out);
    assert_int_equal(config_load(f, NULL,
                                 "DESK_ORG_ID=7\nDESK_DEPARTMENT_ID=8\n"),
                     USHER_OK);
    usher_missing_ids_tell(version, f->config, problems);
    assert_int_equal(usher_problems_count(problems, USHER_PROBLEM_ID_MISSING),
                     0);
    usher_problems_free(problems);
    usher_version_release(version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_is_read_word_by_word),
        cmocka_unit_test(every_operation_names_its_ids),
        CASE(calls_are_seen_however_they_are_written),
        CASE(an_alias_may_cross_files),
        CASE(what_is_set_is_not_missing),
        CASE(forward_opens_no_conversation),
        CASE(what_is_missing_is_told_until_it_is_set),
    };

    return cmocka_run_group_tests_name("needed_ids", tests, NULL, NULL);
}
