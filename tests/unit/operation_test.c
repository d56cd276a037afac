/* tests/unit/operation_test.c - the table of operations and local checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zoho/operation.h"

static enum usher_status check(const char *name, const char *body,
                               struct usher_error *error)
{
    error->text[0] = '\0';
    return usher_zoho_operation_check(usher_zoho_operation_find(name), body,
                                      body ? strlen(body) : 0, NULL, 0, error);
}

static enum usher_status check_query(const char *name, const char *key,
                                     const char *value,
                                     struct usher_error *error)
{
    const struct usher_zoho_value query = {key, value};

    error->text[0] = '\0';
    return usher_zoho_operation_check(usher_zoho_operation_find(name), NULL, 0,
                                      &query, 1, error);
}

static void every_operation_is_whole(void **state)
{
    const struct usher_zoho_operation *operation;
    size_t i;

    (void)state;
    for (i = 0; (operation = usher_zoho_operation_at(i)) != NULL; i++) {
        int read = strcmp(operation->method, "GET") == 0;

        assert_ptr_equal(usher_zoho_operation_find(operation->name), operation);
        assert_int_equal(operation->path[0], '/');
        assert_int_equal(operation->is_write, !read);
        assert_int_equal(operation->fields != NULL, !read);
        assert_true(operation->scopes[0] != '\0');
        assert_true(operation->credentials.count >= 2);
        assert_int_equal(
            operation->credentials.set[operation->credentials.count - 1],
            USHER_CREDENTIAL_DEFAULT);
    }
    assert_int_equal(i, 19);
    assert_null(usher_zoho_operation_find("desk.delete_everything"));
}

static void the_visitor_api_prefers_the_visitor_credential(void **state)
{
    const struct usher_zoho_operation *open =
        usher_zoho_operation_find("salesiq.open_conversation");
    struct usher_credential_choice choice;

    (void)state;
    assert_true(open->visitor_api);
    assert_int_equal(open->credentials.set[0], USHER_CREDENTIAL_VISITOR);
    assert_int_equal(open->credentials.set[1], USHER_CREDENTIAL_SALESIQ);
    choice = usher_zoho_choice(USHER_ZOHO_SALESIQ, "/api/visitor/v1/a/b");
    assert_int_equal(choice.set[0], USHER_CREDENTIAL_VISITOR);
    choice = usher_zoho_choice(USHER_ZOHO_SALESIQ, "/api/v2/a/b");
    assert_int_equal(choice.set[0], USHER_CREDENTIAL_SALESIQ);
    choice = usher_zoho_choice(USHER_ZOHO_DESK, "/api/v1/calls");
    assert_int_equal(choice.set[0], USHER_CREDENTIAL_DESK);
    assert_int_equal(usher_credential_find("visitor"),
                     USHER_CREDENTIAL_VISITOR);
    assert_int_equal(usher_credential_find("nobody"), -1);
}

static void paths_are_filled_and_encoded(void **state)
{
    const struct usher_zoho_value values[] = {{"screen_name", "acme"},
                                              {"id", "a/b?c d\xc3\xa9"}};
    struct usher_buffer out;
    struct usher_error error;

    (void)state;
    usher_buffer_init(&out, 0);
    assert_int_equal(usher_zoho_path_fill("/v1/{screen_name}/c/{id}/messages",
                                          values, 2, &out, &error),
                     USHER_OK);
    assert_string_equal(out.data, "/v1/acme/c/a%2Fb%3Fc%20d%C3%A9/messages");
    usher_buffer_clear(&out);
    assert_int_equal(usher_zoho_path_fill("/c/{id}", values, 1, &out, &error),
                     USHER_ERR_INVALID);
    assert_string_equal(error.text, "\"id\" is missing");
    usher_buffer_free(&out);
}

static void an_id_of_dots_does_not_climb(void **state)
{
    const struct usher_zoho_value values[] = {{"id", ".."}};
    struct usher_buffer out;
    struct usher_error error;

    (void)state;
    usher_buffer_init(&out, 0);
    assert_int_equal(usher_zoho_path_fill("/c/{id}/x", values, 1, &out, &error),
                     USHER_ERR_INVALID);
    usher_buffer_free(&out);
}

static void queries_are_encoded(void **state)
{
    const struct usher_zoho_value query[] = {{"email", "a+b@example.com"},
                                             {"phone", "+91 98"}};
    struct usher_buffer out;

    (void)state;
    usher_buffer_init(&out, 0);
    usher_buffer_text(&out, "/search");
    usher_zoho_query_fill(query, 2, &out);
    assert_string_equal(out.data,
                        "/search?email=a%2Bb%40example.com&phone=%2B91%2098");
    usher_zoho_query_fill(query, 1, &out);
    assert_non_null(strstr(out.data, "98&email="));
    usher_buffer_free(&out);
}

#define CALL                                                                  \
    "{\"departmentId\":\"31\",\"contactId\":\"42\",\"subject\":\"Callback\"," \
    "\"startTime\":\"2026-03-25T09:00:00.000Z\",\"status\":\"Scheduled\","    \
    "\"direction\":\"outbound\",\"duration\":\"0\""

static void a_good_call_passes(void **state)
{
    struct usher_error error;

    (void)state;
    assert_int_equal(check("desk.create_call", CALL "}", &error), USHER_OK);
    assert_int_equal(check("desk.create_call", CALL ",\"cf\":{\"cf_a\":\"b\"}}",
                           &error),
                     USHER_OK);
    assert_int_equal(check("desk.create_call",
                           CALL ",\"ticketId\":31000000000001}", &error),
                     USHER_OK);
}

static void a_bad_call_is_told_which_field(void **state)
{
    static const struct {
        const char *body;
        const char *says;
    } cases[] = {
        {"{}", "\"departmentId\" is missing"},
        {"{\"departmentId\":\"\"}", "\"departmentId\" is missing"},
        {"{\"departmentId\":null}", "\"departmentId\" is missing"},
        {CALL ",\"colour\":\"red\"}", "\"colour\" is no field"},
        {CALL ",\"reminder\":\"x\"}", "\"reminder\" must be a list"},
        {CALL ",\"cf\":\"x\"}", "\"cf\" must be a table"},
        {CALL ",\"cf\":[1]}", "\"cf\" must be a table"},
        {CALL ",\"ticketId\":\"T-1\"}", "\"ticketId\" must be an id"},
        {CALL ",\"priority\":7}", "\"priority\" must be a text"},
        {"{\"departmentId\":\"31\",\"contactId\":\"42\",\"subject\":\"C\","
         "\"startTime\":\"2026-03-25T09:00:00+05:30\",\"status\":\"Scheduled\""
         "}",
         "\"startTime\" must be a UTC time"},
        {"{\"departmentId\":\"31\",\"contactId\":\"42\",\"subject\":\"C\","
         "\"startTime\":\"2026-03-25T09:00:00.000Z\",\"status\":\"Planned\"}",
         "\"status\" must be one of"},
    };
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(check("desk.create_call", cases[i].body, &error),
                         USHER_ERR_INVALID);
        if (!strstr(error.text, cases[i].says))
            print_error("%s: %s\n", cases[i].body, error.text);
        assert_non_null(strstr(error.text, cases[i].says));
    }
}

static void length_counts_characters(void **state)
{
    char body[1200] = "{\"lastName\":\"";
    struct usher_error error;
    size_t i;

    (void)state;
    for (i = 0; i < 200; i++)
        strcat(body, "\xc3\xa9");
    strcat(body, "\"}");
    assert_int_equal(check("desk.create_contact", body, &error), USHER_OK);
    strcpy(strrchr(body, '"'), "e\"}");
    assert_int_equal(check("desk.create_contact", body, &error),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "201 characters, at most 200"));
}

static void a_ticket_takes_a_contact_in_either_form(void **state)
{
    struct usher_error error;

    (void)state;
    assert_int_equal(check("desk.create_ticket",
                           "{\"departmentId\":\"1\",\"contactId\":\"2\"}",
                           &error),
                     USHER_OK);
    assert_int_equal(
        check("desk.create_ticket",
              "{\"departmentId\":\"1\",\"contact\":{\"lastName\":\"Rao\"}}",
              &error),
        USHER_OK);
    assert_int_equal(check("desk.create_ticket", "{\"departmentId\":\"1\"}",
                           &error),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "contactId"));
}

static void a_conversation_needs_the_visitors_id(void **state)
{
    struct usher_error error;

    (void)state;
    assert_int_equal(check("salesiq.open_conversation",
                           "{\"app_id\":\"1\",\"department_id\":\"2\","
                           "\"question\":\"q\",\"visitor\":{\"name\":\"A\"}}",
                           &error),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "visitor.user_id"));
    assert_int_equal(check("salesiq.open_conversation",
                           "{\"app_id\":\"1\",\"department_id\":\"2\","
                           "\"question\":\"q\",\"visitor\":{\"user_id\":\"A\"},"
                           "\"anything\":true}",
                           &error),
                     USHER_OK);
}

static void a_body_must_be_an_object(void **state)
{
    struct usher_error error;

    (void)state;
    assert_int_equal(check("desk.create_contact", "[1]", &error),
                     USHER_ERR_PARSE);
    assert_int_equal(check("desk.create_contact", "{\"lastName\":", &error),
                     USHER_ERR_PARSE);
    assert_int_equal(check("desk.create_contact", NULL, &error),
                     USHER_ERR_INVALID);
    assert_int_equal(check("desk.search_contacts", NULL, &error), USHER_OK);
}

static void parameters_are_checked(void **state)
{
    struct usher_error error;

    (void)state;
    assert_int_equal(check_query("desk.search_contacts", "email", "a", &error),
                     USHER_OK);
    assert_int_equal(check_query("desk.search_contacts", "searchStr", "a",
                                 &error),
                     USHER_ERR_INVALID);
    assert_non_null(strstr(error.text, "searchStr"));
    assert_int_equal(check_query("desk.list_calls", "limit", "ten", &error),
                     USHER_ERR_INVALID);
    assert_int_equal(check_query("desk.list_calls", "sortBy", "-createdTime",
                                 &error),
                     USHER_OK);
    assert_int_equal(check_query("desk.list_calls", "sortBy", "name", &error),
                     USHER_ERR_INVALID);
    assert_int_equal(check_query("desk.departments", "isEnabled", "yes",
                                 &error),
                     USHER_ERR_INVALID);
    assert_int_equal(check_query("desk.organizations", "orgId", "1", &error),
                     USHER_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_whole),
        cmocka_unit_test(the_visitor_api_prefers_the_visitor_credential),
        cmocka_unit_test(paths_are_filled_and_encoded),
        cmocka_unit_test(an_id_of_dots_does_not_climb),
        cmocka_unit_test(queries_are_encoded),
        cmocka_unit_test(a_good_call_passes),
        cmocka_unit_test(a_bad_call_is_told_which_field),
        cmocka_unit_test(length_counts_characters),
        cmocka_unit_test(a_ticket_takes_a_contact_in_either_form),
        cmocka_unit_test(a_conversation_needs_the_visitors_id),
        cmocka_unit_test(a_body_must_be_an_object),
        cmocka_unit_test(parameters_are_checked),
    };

    return cmocka_run_group_tests_name("operation", tests, NULL, NULL);
}
