/* tests/unit/operation_table_test.c - the table of operations says what Zoho
 * publishes: Desk's fields are compared one by one with the contract that the
 * simulator keeps, which was written down apart from the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "core/embedded.h"
#include "zoho/operation.h"

#define D USHER_CREDENTIAL_DEFAULT
#define CREATE "SalesIQ.conversations.CREATE"

/* What stands in no contract. */
static const struct {
    const char *name;
    const char *contract; /* Desk's name of it; NULL: SalesIQ's */
    const char *method;
    const char *path;
    const char *scopes; /* NULL: the contract's */
    enum usher_credential_id sets[3];
    int org;
} all[] = {
#define DESK(name, contract, method, path, org)               \
    {                                                         \
        "desk." name, contract, method, "/api/v1" path, NULL, \
            {USHER_CREDENTIAL_DESK, D, D}, org                \
    }
#define SALESIQ(name, method, path, scope)                                  \
    {                                                                       \
        "salesiq." name, NULL, method, "/api/v2/{screen_name}" path, scope, \
            {USHER_CREDENTIAL_SALESIQ, D, D}, 0                             \
    }
#define VISITOR(name, path)                                             \
    {                                                                   \
        "salesiq." name, NULL, "POST",                                  \
            "/api/visitor/v1/{screen_name}/conversations" path, CREATE, \
            {USHER_CREDENTIAL_VISITOR, USHER_CREDENTIAL_SALESIQ, D}, 0  \
    }
    DESK("create_call", "createCall", "POST", "/calls", 1),
    DESK("update_call", "updateCall", "PATCH", "/calls/{id}", 1),
    DESK("get_call", "getCall", "GET", "/calls/{id}", 1),
    DESK("list_calls", "listCalls", "GET", "/calls", 1),
    DESK("search_calls", "searchCalls", "GET", "/calls/search", 1),
    DESK("search_contacts", "searchContacts", "GET", "/contacts/search", 1),
    DESK("create_contact", "createContact", "POST", "/contacts", 1),
    DESK("get_contact", "getContact", "GET", "/contacts/{id}", 1),
    DESK("create_ticket", "createTicket", "POST", "/tickets", 1),
    DESK("departments", "listDepartments", "GET", "/departments", 1),
    DESK("organizations", "getOrganizations", "GET", "/organizations", 0),
    DESK("accessible_organizations", "getAccessibleOrganizations", "GET",
         "/accessibleOrganizations", 0),
    VISITOR("open_conversation", ""),
    VISITOR("send_message", "/{id}/messages"),
    SALESIQ("departments", "GET", "/departments", "SalesIQ.departments.READ"),
    SALESIQ("operators", "GET", "/operators", "SalesIQ.operators.READ"),
    SALESIQ("close_conversation", "POST", "/conversations/{id}/close",
            "SalesIQ.conversations.UPDATE"),
    SALESIQ("callback_progress", "POST", "/callbacks/{id}/progress",
            "SalesIQ.callbacks.UPDATE"),
    SALESIQ("callback_response", "POST", "/callbacks/{id}/response",
            "SalesIQ.callbacks.UPDATE"),
};

#define ALL (sizeof(all) / sizeof(all[0]))

/* SalesIQ's pages: name:type, "!" where it is required. */
static const struct {
    const char *name;
    const char *fields;
    const char *query;
} salesiq[] = {
    {"salesiq.open_conversation",
     "app_id:id! department_id:id! question:text! visitor:object! "
     "visitor.user_id:text! customer_info:object custom_wait_time:integer "
     "past_messages:list ",
     NULL},
    {"salesiq.send_message", "text:text! ", NULL},
    {"salesiq.departments", NULL, "index:integer last_sync_time:text "},
    {"salesiq.operators", NULL, "index:integer last_sync_time:text "},
    {"salesiq.close_conversation", "", NULL},
    {"salesiq.callback_progress", "text:text! ", NULL},
    {"salesiq.callback_response",
     "action:text!(reply|forward|operator_busy|pending|end|block|context) ",
     NULL},
};

static int contract_open(void **state)
{
    const struct usher_embedded *contract =
        usher_embedded_find("engine/simulator/contract.lua");
    lua_State *L = luaL_newstate();

    assert_non_null(L);
    assert_non_null(contract);
    luaL_openlibs(L);
    if (luaL_dostring(L, contract->data) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    *state = L;
    return 0;
}

static int contract_close(void **state)
{
    lua_close(*state);
    return 0;
}

/* ---- One by one ---- */

static void each_operation_has_its_request(void **state)
{
    size_t i;

    (void)state;
    assert_null(usher_zoho_operation_at(ALL));
    for (i = 0; i < ALL; i++) {
        const struct usher_zoho_operation *operation =
            usher_zoho_operation_find(all[i].name);
        int visitor = all[i].sets[0] == USHER_CREDENTIAL_VISITOR;
        size_t count = visitor ? 3 : 2;

        assert_non_null(operation);
        assert_string_equal(operation->method, all[i].method);
        assert_string_equal(operation->path, all[i].path);
        assert_int_equal(operation->service, all[i].contract
                                                 ? USHER_ZOHO_DESK
                                                 : USHER_ZOHO_SALESIQ);
        assert_int_equal(operation->is_write,
                         strcmp(all[i].method, "GET") != 0);
        assert_int_equal(operation->wants_org, all[i].org);
        assert_int_equal(operation->visitor_api, visitor);
        assert_int_equal(operation->closed, all[i].contract != NULL);
        assert_int_equal(operation->credentials.count, count);
        assert_memory_equal(operation->credentials.set, all[i].sets,
                            count * sizeof(all[i].sets[0]));
        if (all[i].scopes)
            assert_string_equal(operation->scopes, all[i].scopes);
    }
}

static const char *fields_text(const struct usher_zoho_field *field)
{
    static const char *const types[] = {"text", "id",     "integer", "boolean",
                                        "time", "object", "list",    "any"};
    static char text[512];
    size_t len = 0;

    text[0] = '\0';
    for (; field->name; field++)
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s:%s%s%s%s%s ", field->name,
                                types[field->type], field->required ? "!" : "",
                                field->allowed ? "(" : "",
                                field->allowed ? field->allowed : "",
                                field->allowed ? ")" : "");
    return text;
}

static void salesiqs_fields_are_those_of_its_pages(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(salesiq) / sizeof(salesiq[0]); i++) {
        const struct usher_zoho_operation *operation =
            usher_zoho_operation_find(salesiq[i].name);

        assert_int_equal(!operation->fields, !salesiq[i].fields);
        assert_int_equal(!operation->query, !salesiq[i].query);
        if (salesiq[i].fields)
            assert_string_equal(fields_text(operation->fields),
                                salesiq[i].fields);
        if (salesiq[i].query)
            assert_string_equal(fields_text(operation->query),
                                salesiq[i].query);
    }
}

/* ---- Desk's fields and the contract ---- */

/* Whether the list on top of the stack has the text. */
static int list_has(lua_State *L, const char *text)
{
    int found = 0;

    for (lua_Integer i = 1; i <= luaL_len(L, -1) && !found; i++) {
        lua_geti(L, -1, i);
        found = strcmp(lua_tostring(L, -1), text) == 0;
        lua_pop(L, 1);
    }
    return found;
}

/* Of the fact on top: its form, or "". */
static const char *fact_form(lua_State *L)
{
    const char *form;

    lua_getfield(L, -1, "form");
    form = lua_tostring(L, -1);
    lua_pop(L, 1); /* the fact keeps it */
    return form ? form : "";
}

static int is_flag(lua_State *L)
{
    int flag = lua_getfield(L, -1, "enum") == LUA_TTABLE && list_has(L, "true");
    lua_pop(L, 1);
    return flag;
}

/* Of the fact on top, of a field of this name. */
static enum usher_zoho_type fact_type(lua_State *L, const char *name)
{
    const char *form = fact_form(L);
    size_t len = strlen(name);
    int is_id = len > 2 && strcmp(name + len - 2, "Id") == 0;

    if (list_has(L, "object"))
        return USHER_ZOHO_OBJECT;
    if (list_has(L, "array"))
        return USHER_ZOHO_LIST;
    if (is_flag(L))
        return USHER_ZOHO_BOOLEAN;
    if (strcmp(form, "timestamp") == 0)
        return USHER_ZOHO_TIME;
    if (strcmp(form, "digits") == 0 || strcmp(form, "loose_digits") == 0)
        return is_id ? USHER_ZOHO_ID : USHER_ZOHO_INTEGER;
    return USHER_ZOHO_TEXT;
}

/* Both hold the same texts, in any order. */
static void allowed_compare(lua_State *L, const struct usher_zoho_field *field)
{
    const char *at = field->allowed;
    lua_Integer count = 0;

    if (!at)
        fail_msg("%s takes anything", field->name);
    while (*at) {
        char value[64];
        size_t len = strcspn(at, "|");

        snprintf(value, sizeof(value), "%.*s", (int)len, at);
        if (!list_has(L, value))
            fail_msg("%s is not \"%s\"", field->name, value);
        at += len + (at[len] == '|');
        count++;
    }
    assert_int_equal(count, luaL_len(L, -1));
}

/* usher does not judge these: what Desk may add to them does no harm. */
static int is_left_open(const char *name)
{
    return strcmp(name, "chatStatus") == 0 ||
           strcmp(name, "responseDueDate") == 0;
}

static void field_compare(lua_State *L, const struct usher_zoho_field *field)
{
    int is_enum;

    if (field->type != fact_type(L, field->name))
        fail_msg("%s is of type %d", field->name, (int)field->type);
    is_enum = lua_getfield(L, -1, "enum") == LUA_TTABLE;
    if (is_enum && field->type == USHER_ZOHO_TEXT && !is_left_open(field->name))
        allowed_compare(L, field);
    else
        assert_null(field->allowed);
    lua_pop(L, 1);
    lua_getfield(L, -1, "max");
    if (!is_enum && (size_t)lua_tointeger(L, -1) != field->max)
        fail_msg("%s has at most %zu", field->name, field->max);
    lua_pop(L, 1);
}

/* The facts are on top of the stack. */
static void fields_compare(lua_State *L, const char *operation,
                           const struct usher_zoho_field *field)
{
    size_t facts = 0;

    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        facts += strcmp(lua_tostring(L, -2), "orgId") != 0; /* a header */
    for (; field && field->name; field++, facts--) {
        if (lua_getfield(L, -1, field->name) != LUA_TTABLE)
            fail_msg("%s has no %s", operation, field->name);
        field_compare(L, field);
        lua_pop(L, 1);
    }
    if (facts != 0)
        fail_msg("%s lacks fields", operation);
}

static void scopes_compare(lua_State *L,
                           const struct usher_zoho_operation *operation)
{
    char text[256];
    size_t len = 0;

    lua_getfield(L, -1, "scopes");
    for (lua_Integer i = 1; i <= luaL_len(L, -1); i++) {
        lua_geti(L, -1, i);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
                                i > 1 ? " " : "", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    assert_string_equal(operation->scopes, text);
}

/* Those that the contract demands, and where it is known to demand too little,
 * what the service does. */
static int is_demanded(lua_State *L, const char *operation, const char *field)
{
    int demanded;

    if (strcmp(operation, "desk.create_contact") == 0)
        return strcmp(field, "lastName") == 0;
    if (strcmp(operation, "desk.create_ticket") == 0 &&
        (strcmp(field, "contactId") == 0 || strcmp(field, "contact") == 0))
        return 2; /* one of the two */
    lua_getfield(L, -1, "required");
    demanded = list_has(L, field);
    lua_pop(L, 1);
    return demanded;
}

static void desks_fields_are_those_of_its_contract(void **state)
{
    lua_State *L = *state;
    size_t i;

    for (i = 0; i < ALL; i++) {
        const struct usher_zoho_operation *operation =
            usher_zoho_operation_find(all[i].name);
        const struct usher_zoho_field *field = operation->fields;

        if (!all[i].contract)
            continue;
        assert_int_equal(lua_getfield(L, -1, all[i].contract), LUA_TTABLE);
        scopes_compare(L, operation);
        lua_getfield(L, -1, "query");
        fields_compare(L, operation->name, operation->query);
        lua_pop(L, 1);
        if (lua_getfield(L, -1, "body") == LUA_TTABLE) {
            for (; field->name; field++)
                assert_int_equal(field->required,
                                 is_demanded(L, operation->name, field->name));
            lua_getfield(L, -1, "fields");
            fields_compare(L, operation->name, operation->fields);
            lua_pop(L, 1);
        } else {
            assert_null(operation->fields);
        }
        lua_pop(L, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_has_its_request),
        cmocka_unit_test(salesiqs_fields_are_those_of_its_pages),
        cmocka_unit_test_setup_teardown(desks_fields_are_those_of_its_contract,
                                        contract_open, contract_close),
    };

    return cmocka_run_group_tests_name("operation_table", tests, NULL, NULL);
}
