/* engine/zoho/operation.c - the table. Facts about fields, limits and scopes
 * are those of Zoho's published OpenAPI files; what public programs saw on
 * the real service is noted where it differs. */
#include "zoho/operation.h"

#include <string.h>

#define TEXT USHER_ZOHO_TEXT
#define ID USHER_ZOHO_ID
#define INTEGER USHER_ZOHO_INTEGER
#define BOOLEAN USHER_ZOHO_BOOLEAN
#define TIME USHER_ZOHO_TIME
#define OBJECT USHER_ZOHO_OBJECT
#define LIST USHER_ZOHO_LIST
#define ANY USHER_ZOHO_ANY
#define END                   \
    {                         \
        NULL, ANY, 0, 0, NULL \
    }

#define CALL_STATUS "Completed|Scheduled|Missed|Canceled|In Progress"

/* The older files require direction and duration, too; which list the service
 * enforces is not known, so we demand what is demanded everywhere and flows
 * send all seven. */
static const struct usher_zoho_field call_fields[] = {
    {"departmentId", ID, 1, 0, NULL},
    {"contactId", ID, 1, 0, NULL},
    {"subject", TEXT, 1, 300, NULL},
    {"startTime", TIME, 1, 100, NULL},
    {"status", TEXT, 1, 0, CALL_STATUS},
    {"direction", TEXT, 0, 0, "outbound|inbound"},
    {"duration", INTEGER, 0, 0, NULL},
    {"priority", TEXT, 0, 0, NULL},
    {"ownerId", ID, 0, 0, NULL},
    {"teamId", ID, 0, 0, NULL},
    {"ticketId", ID, 0, 0, NULL},
    {"layoutId", ID, 0, 0, NULL},
    {"description", TEXT, 0, 65535, NULL},
    {"recordingUrl", TEXT, 0, 2500, NULL},
    {"reminder", LIST, 0, 0, NULL},
    {"cf", OBJECT, 0, 0, NULL},
    {"customFields", OBJECT, 0, 0, NULL},
    END,
};

/* The files keep the required fields of a create here, which is doubtful for
 * a PATCH: nothing is demanded. */
static const struct usher_zoho_field call_update_fields[] = {
    {"departmentId", ID, 0, 0, NULL},
    {"contactId", ID, 0, 0, NULL},
    {"subject", TEXT, 0, 300, NULL},
    {"startTime", TIME, 0, 100, NULL},
    {"status", TEXT, 0, 0, CALL_STATUS},
    {"direction", TEXT, 0, 0, "outbound|inbound"},
    {"duration", INTEGER, 0, 0, NULL},
    {"priority", TEXT, 0, 0, NULL},
    {"ownerId", ID, 0, 0, NULL},
    {"teamId", ID, 0, 0, NULL},
    {"ticketId", ID, 0, 0, NULL},
    {"layoutId", ID, 0, 0, NULL},
    {"description", TEXT, 0, 65535, NULL},
    {"recordingUrl", TEXT, 0, 2500, NULL},
    {"reminder", LIST, 0, 0, NULL},
    {"cf", OBJECT, 0, 0, NULL},
    {"customFields", OBJECT, 0, 0, NULL},
    END,
};

static const struct usher_zoho_field include_query[] = {
    {"include", TEXT, 0, 0, NULL},
    END,
};

static const struct usher_zoho_field call_list_query[] = {
    {"departmentId", ID, 0, 0, NULL},
    {"departmentIds", TEXT, 0, 0, NULL},
    {"viewId", ID, 0, 0, NULL},
    {"assignee", TEXT, 0, 0, NULL},
    {"limit", INTEGER, 0, 0, NULL},
    {"from", INTEGER, 0, 0, NULL},
    {"isCompleted", BOOLEAN, 0, 0, NULL},
    {"fields", TEXT, 0, 0, NULL},
    {"filters", TEXT, 0, 4500, NULL},
    {"filterId", ID, 0, 0, NULL},
    {"include", TEXT, 0, 0, NULL},
    {"sortBy", TEXT, 0, 0, "startTime|createdTime|-startTime|-createdTime"},
    {"startTime", TEXT, 0, 0, NULL},
    END,
};

#define CUSTOM_FIELDS                          \
    {"customField1", TEXT, 0, 1000, NULL},     \
        {"customField2", TEXT, 0, 1000, NULL}, \
        {"customField3", TEXT, 0, 1000, NULL}, \
        {"customField4", TEXT, 0, 1000, NULL}, \
        {"customField5", TEXT, 0, 1000, NULL}, \
        {"customField6", TEXT, 0, 1000, NULL}, \
        {"customField7", TEXT, 0, 1000, NULL}, \
        {"customField8", TEXT, 0, 1000, NULL}, \
        {"customField9", TEXT, 0, 1000, NULL}, \
    {                                          \
        "customField10", TEXT, 0, 1000, NULL   \
    }

static const struct usher_zoho_field call_search_query[] = {
    {"departmentId", ID, 0, 0, NULL},
    {"subject", TEXT, 0, 1000, NULL},
    {"createdTimeRange", TEXT, 0, 100, NULL},
    {"modifiedTimeRange", TEXT, 0, 100, NULL},
    {"startDateRange", TEXT, 0, 100, NULL},
    {"id", TEXT, 0, 0, NULL},
    {"assigneeId", TEXT, 0, 0, NULL},
    {"ticketNumber", TEXT, 0, 0, NULL},
    {"priority", TEXT, 0, 0, NULL},
    {"status", TEXT, 0, 0, NULL},
    {"_all", TEXT, 0, 1000, NULL},
    {"limit", INTEGER, 0, 0, NULL},
    {"from", INTEGER, 0, 0, NULL},
    {"sortBy", TEXT, 0, 0,
     "relevance|modifiedTime|createdTime|-relevance|-modifiedTime|"
     "-createdTime"},
    CUSTOM_FIELDS,
    END,
};

static const struct usher_zoho_field contact_search_query[] = {
    {"email", TEXT, 0, 0, NULL},
    {"phone", TEXT, 0, 0, NULL},
    {"mobile", TEXT, 0, 0, NULL},
    {"firstName", TEXT, 0, 40, NULL},
    {"lastName", TEXT, 0, 200, NULL},
    {"fullName", TEXT, 0, 200, NULL},
    {"accountName", TEXT, 0, 500, NULL},
    {"createdTimeRange", TEXT, 0, 100, NULL},
    {"modifiedTimeRange", TEXT, 0, 100, NULL},
    {"id", TEXT, 0, 0, NULL},
    {"_all", TEXT, 0, 1000, NULL},
    {"limit", INTEGER, 0, 0, NULL},
    {"from", INTEGER, 0, 0, NULL},
    {"sortBy", TEXT, 0, 0,
     "relevance|modifiedTime|createdTime|lastName|firstName|-relevance|"
     "-modifiedTime|-createdTime|-lastName|-firstName"},
    CUSTOM_FIELDS,
    END,
};

/* lastName is required in the oldest file and by the service as seen. */
static const struct usher_zoho_field contact_fields[] = {
    {"lastName", TEXT, 1, 200, NULL},
    {"firstName", TEXT, 0, 40, NULL},
    {"email", TEXT, 0, 255, NULL},
    {"secondaryEmail", TEXT, 0, 100, NULL},
    {"phone", TEXT, 0, 50, NULL},
    {"mobile", TEXT, 0, 50, NULL},
    {"accountId", ID, 0, 0, NULL},
    {"ownerId", ID, 0, 0, NULL},
    {"type", TEXT, 0, 0, NULL},
    {"title", TEXT, 0, 100, NULL},
    {"description", TEXT, 0, 65535, NULL},
    {"street", TEXT, 0, 250, NULL},
    {"city", TEXT, 0, 100, NULL},
    {"state", TEXT, 0, 100, NULL},
    {"country", TEXT, 0, 100, NULL},
    {"zip", INTEGER, 0, 0, NULL},
    {"twitter", TEXT, 0, 100, NULL},
    {"facebook", TEXT, 0, 100, NULL},
    {"language", TEXT, 0, 255, NULL},
    {"layoutId", ID, 0, 0, NULL},
    {"cf", OBJECT, 0, 0, NULL},
    {"customFields", OBJECT, 0, 0, NULL},
    END,
};

/* A ticket can create its contact: contactId or contact. subject and status
 * are required by the oldest file only. */
static const struct usher_zoho_field ticket_fields[] = {
    {"departmentId", ID, 1, 0, NULL},
    {"contactId", ID, 2, 0, NULL},
    {"contact", OBJECT, 2, 0, NULL},
    {"subject", TEXT, 0, 1000, NULL},
    {"status", TEXT, 0, 0, NULL},
    {"description", TEXT, 0, 65535, NULL},
    {"email", TEXT, 0, 150, NULL},
    {"phone", TEXT, 0, 120, NULL},
    {"priority", TEXT, 0, 0, NULL},
    {"channel", TEXT, 0, 0, NULL},
    {"category", TEXT, 0, 0, NULL},
    {"subCategory", TEXT, 0, 0, NULL},
    {"classification", TEXT, 0, 0, NULL},
    {"language", TEXT, 0, 0, NULL},
    {"dueDate", TIME, 0, 100, NULL},
    {"assigneeId", ID, 0, 0, NULL},
    {"productId", ID, 0, 0, NULL},
    {"teamId", ID, 0, 0, NULL},
    {"accountId", ID, 0, 0, NULL},
    {"layoutId", ID, 0, 0, NULL},
    {"resolution", TEXT, 0, 65535, NULL},
    {"webUrl", TEXT, 0, 5000, NULL},
    {"responseDueDate", TEXT, 0, 0, NULL},
    {"ticketCreationType", TEXT, 0, 0, "sendAsEmail|clone"},
    {"clonedTicketId", ID, 0, 0, NULL},
    {"uploads", LIST, 0, 0, NULL},
    {"entitySkills", LIST, 0, 0, NULL},
    {"secondaryContacts", LIST, 0, 0, NULL},
    {"sharedDepartments", LIST, 0, 0, NULL},
    {"parentTicket", OBJECT, 0, 0, NULL},
    {"sourceTicket", OBJECT, 0, 0, NULL},
    {"blueprint", OBJECT, 0, 0, NULL},
    {"cf", OBJECT, 0, 0, NULL},
    {"customFields", OBJECT, 0, 0, NULL},
    END,
};

static const struct usher_zoho_field department_query[] = {
    {"isEnabled", BOOLEAN, 0, 0, NULL}, {"chatStatus", TEXT, 0, 0, NULL},
    {"searchStr", TEXT, 0, 100, NULL},  {"from", INTEGER, 0, 0, NULL},
    {"limit", INTEGER, 0, 0, NULL},     END,
};

static const struct usher_zoho_field conversation_fields[] = {
    {"app_id", ID, 1, 0, NULL},
    {"department_id", ID, 1, 0, NULL},
    {"question", TEXT, 1, 0, NULL},
    {"visitor", OBJECT, 1, 0, NULL},
    {"visitor.user_id", TEXT, 1, 0, NULL},
    {"customer_info", OBJECT, 0, 0, NULL},
    {"custom_wait_time", INTEGER, 0, 0, NULL},
    {"past_messages", LIST, 0, 0, NULL},
    END,
};

static const struct usher_zoho_field text_fields[] = {
    {"text", TEXT, 1, 0, NULL},
    END,
};

static const struct usher_zoho_field reply_fields[] = {
    {"action", TEXT, 1, 0,
     "reply|forward|operator_busy|pending|end|block|context"},
    END,
};

static const struct usher_zoho_field none_fields[] = {END};

static const struct usher_zoho_field page_query[] = {
    {"index", INTEGER, 0, 0, NULL},
    {"last_sync_time", TEXT, 0, 0, NULL},
    END,
};

#define DEFAULT_SET USHER_CREDENTIAL_DEFAULT
#define OF_DESK                                              \
    {                                                        \
        {USHER_CREDENTIAL_DESK, DEFAULT_SET, DEFAULT_SET}, 2 \
    }
#define OF_SALESIQ                                              \
    {                                                           \
        {USHER_CREDENTIAL_SALESIQ, DEFAULT_SET, DEFAULT_SET}, 2 \
    }
#define OF_VISITOR                                                           \
    {                                                                        \
        {USHER_CREDENTIAL_VISITOR, USHER_CREDENTIAL_SALESIQ, DEFAULT_SET}, 3 \
    }

/* name, method, path, write, org header, scopes, fields, query */
#define DESK(name, method, path, write, org, scopes, fields, query)            \
    {                                                                          \
        "desk." name, USHER_ZOHO_DESK, OF_DESK, method, "/api/v1" path, write, \
            org, 0, 1, scopes, fields, query                                   \
    }
#define SALESIQ(name, method, path, write, scopes, fields, query)         \
    {                                                                     \
        "salesiq." name, USHER_ZOHO_SALESIQ, OF_SALESIQ, method,          \
            "/api/v2/{screen_name}" path, write, 0, 0, 0, scopes, fields, \
            query                                                         \
    }
#define VISITOR(name, method, path, scopes, fields)                           \
    {                                                                         \
        "salesiq." name, USHER_ZOHO_SALESIQ, OF_VISITOR, method,              \
            "/api/visitor/v1/{screen_name}" path, 1, 0, 1, 0, scopes, fields, \
            NULL                                                              \
    }

static const struct usher_zoho_operation operations[] = {
    DESK("create_call", "POST", "/calls", 1, 1,
         "Desk.activities.calls.CREATE Desk.calls.CREATE", call_fields, NULL),
    DESK("update_call", "PATCH", "/calls/{id}", 1, 1,
         "Desk.activities.calls.UPDATE Desk.calls.UPDATE", call_update_fields,
         NULL),
    DESK("get_call", "GET", "/calls/{id}", 0, 1,
         "Desk.activities.calls.READ Desk.calls.READ", NULL, include_query),
    DESK("list_calls", "GET", "/calls", 0, 1,
         "Desk.activities.calls.READ Desk.calls.READ", NULL, call_list_query),
    DESK("search_calls", "GET", "/calls/search", 0, 1,
         "Desk.calls.READ Desk.search.READ", NULL, call_search_query),
    DESK("search_contacts", "GET", "/contacts/search", 0, 1,
         "Desk.contacts.READ Desk.search.READ", NULL, contact_search_query),
    DESK("create_contact", "POST", "/contacts", 1, 1, "Desk.contacts.CREATE",
         contact_fields, NULL),
    DESK("get_contact", "GET", "/contacts/{id}", 0, 1, "Desk.contacts.READ",
         NULL, include_query),
    DESK("create_ticket", "POST", "/tickets", 1, 1, "Desk.tickets.CREATE",
         ticket_fields, NULL),
    DESK("departments", "GET", "/departments", 0, 1,
         "Desk.basic.READ Desk.departments.READ Desk.settings.READ", NULL,
         department_query),
    /* The way to find the orgId: takes none. */
    DESK("organizations", "GET", "/organizations", 0, 0,
         "Desk.basic.READ Desk.organization.READ Desk.settings.READ", NULL,
         NULL),
    DESK("accessible_organizations", "GET", "/accessibleOrganizations", 0, 0,
         "Desk.basic.READ Desk.organization.READ Desk.settings.READ", NULL,
         NULL),
    VISITOR("open_conversation", "POST", "/conversations",
            "SalesIQ.conversations.CREATE", conversation_fields),
    VISITOR("send_message", "POST", "/conversations/{id}/messages",
            "SalesIQ.conversations.CREATE", text_fields),
    SALESIQ("departments", "GET", "/departments", 0, "SalesIQ.departments.READ",
            NULL, page_query),
    SALESIQ("operators", "GET", "/operators", 0, "SalesIQ.operators.READ", NULL,
            page_query),
    SALESIQ("close_conversation", "POST", "/conversations/{id}/close", 1,
            "SalesIQ.conversations.UPDATE", none_fields, NULL),
    SALESIQ("callback_progress", "POST", "/callbacks/{id}/progress", 1,
            "SalesIQ.callbacks.UPDATE", text_fields, NULL),
    SALESIQ("callback_response", "POST", "/callbacks/{id}/response", 1,
            "SalesIQ.callbacks.UPDATE", reply_fields, NULL),
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

const struct usher_zoho_operation *usher_zoho_operation_at(size_t index)
{
    return index < OPERATIONS ? &operations[index] : NULL;
}

const struct usher_zoho_operation *usher_zoho_operation_find(const char *name)
{
    size_t i;

    for (i = 0; i < OPERATIONS; i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    return NULL;
}

struct usher_credential_choice
usher_zoho_choice(enum usher_zoho_service service, const char *path)
{
    static const struct usher_credential_choice desk = OF_DESK;
    static const struct usher_credential_choice salesiq = OF_SALESIQ;
    static const struct usher_credential_choice visitor = OF_VISITOR;

    if (service == USHER_ZOHO_DESK)
        return desk;
    if (path && (strncmp(path, "/api/visitor/", 13) == 0 ||
                 strncmp(path, "/visitor/", 9) == 0))
        return visitor;
    return salesiq;
}

int usher_credential_find(const char *name)
{
    int i;

    for (i = 0; i < USHER_CREDENTIAL_COUNT; i++)
        if (strcmp(usher_credential_name((enum usher_credential_id)i), name) ==
            0)
            return i;
    return -1;
}
