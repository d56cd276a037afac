/* engine/core/problems.c - the list behind /readyz. */
#include "core/problems.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/mask.h"

/* What each says. told: who raises it writes the log line that it begins; that
 * it is over is always told here. */
static const struct {
    const char *name;
    const char *what;
    const char *hint;
    int told;
} table[USHER_PROBLEM_COUNT] = {
    [USHER_PROBLEM_NO_FLOWS] = {"no_flows", "no flows are loaded",
                                "mend the flows folder and save it", 1},
    [USHER_PROBLEM_EDIT_REFUSED] =
        {"edit_refused",
         "the last edit was refused; the version before it runs",
         "mend the file and save it", 1},
    [USHER_PROBLEM_NOT_WATCHED] =
        {"not_watched",
         "the flows folder and .env cannot be watched; an edit is seen a "
         "second later",
         "raise the system's limits: sysctl fs.inotify.max_user_watches and "
         "fs.inotify.max_user_instances",
         0},
    [USHER_PROBLEM_STORE_FAILING] =
        {"store_failing", "the store is failing",
         "is the disk full, or the database file gone?", 1},
    [USHER_PROBLEM_CREDENTIAL_DEAD] =
        {"credential_dead",
         "a credential is dead: nothing is done with it "
         "until its token is renewed",
         NULL, 1},
    [USHER_PROBLEM_CREDENTIAL_REFUSED] = {"credential_refused",
                                          "a fresh token is refused", NULL, 1},
    [USHER_PROBLEM_CREDENTIAL_ENDS] =
        {"credential_ends",
         "a credential works until its access token ends, and cannot be "
         "renewed then",
         NULL, 1},
    [USHER_PROBLEM_CREDENTIAL_WAITING] = {"credential_waiting",
                                          "a token cannot be renewed right now",
                                          NULL, 1},
    [USHER_PROBLEM_TASK_WAITS] = {"task_waits", "tasks wait for a person", NULL,
                                  1},
    [USHER_PROBLEM_ID_MISSING] =
        {"id_missing",
         "an id that the flows need is not set: their calls to Zoho fail", NULL,
         0},
    [USHER_PROBLEM_SETTINGS_REFUSED] =
        {"settings_refused",
         "the last edit of the settings was refused; those before it are used",
         "mend the lines that are named and save the file", 1},
    [USHER_PROBLEM_ENV_READABLE] =
        {"env_readable",
         "others on this machine can read the settings file and its secrets",
         NULL, 0},
    [USHER_PROBLEM_WEBHOOK_OPEN] =
        {"webhook_open",
         "the webhook is open to everybody: who finds it can speak as any "
         "visitor",
         "switch on \"Secure your webhook\" in SalesIQ and put the public key "
         "that it shows into SALESIQ_PUBLIC_KEY; for another caller set "
         "WEBHOOK_SECRET",
         0},
    [USHER_PROBLEM_ROLLED_BACK] =
        {"rolled_back",
         "a version was chosen that is not what the flows folder holds",
         "`usher diff` shows what differs; `usher reload`, a change in the "
         "folder or a restart makes the folder live again",
         0},
    [USHER_PROBLEM_SETTINGS_FILE] =
        {"settings_file",
         "the settings file has vanished, is empty, cut short or still being "
         "written; the settings in use stay",
         "save it whole again; `usher reload` takes a file as it is, a restart "
         "also takes none",
         1},
    [USHER_PROBLEM_SETTINGS_GUARD] =
        {"settings_guard",
         "the settings file has lost what keeps strangers out; the settings in "
         "use stay",
         "put it back; to do without it take out its line and nothing else, "
         "or use `usher reload`",
         1},
    [USHER_PROBLEM_ADMIN_SOCKET] =
        {"admin_socket",
         "the socket of the commands is not as the settings want it; the bot "
         "goes on",
         "mend what is named and restart usher", 0},
    [USHER_PROBLEM_RESTART_NEEDED] =
        {"restart_needed", "a changed setting waits for the next start",
         "restart usher, or put back what it was", 1},
    [USHER_PROBLEM_CONVERSATION_UNREADABLE] =
        {"conversation_unreadable",
         "a stored conversation cannot be read: it is kept as it is, its "
         "visitor gets the way to a person",
         "a newer usher wrote it, or it is damaged: run the newest version "
         "that worked on this database, or put a backup in its place",
         0},
    [USHER_PROBLEM_TASK_UNREADABLE] =
        {"task_unreadable",
         "a stored task cannot be read: it is kept as it is and not tried",
         "a newer usher wrote it, or it is damaged: run the newest version "
         "that worked on this database, or put a backup in its place",
         0},
    [USHER_PROBLEM_STILL_SIMULATED] =
        {"still_simulated",
         "settings for the real Zoho were saved, but the built-in simulator "
         "answers until the next start",
         "restart usher", 1},
    [USHER_PROBLEM_VERSION_UNREADABLE] =
        {"version_unreadable",
         "the sources of a version cannot be read: the flows that wait in it "
         "stay as they are, their visitors get the way to a person",
         "a newer usher wrote them, or they are damaged: run the newest "
         "version that worked on this database, or put a backup in its place",
         0},
    [USHER_PROBLEM_STATE_REBUILT] =
        {"state_rebuilt",
         "variables outside of the flows' functions grow with each visitor: "
         "the memory was full, and what they held is gone",
         "keep it in chat.memory or in a service; give a cache a limit", 1},
    [USHER_PROBLEM_FLOW_FAILS] =
        {"flow_fails",
         "a flow ends in an error: its visitors get the apology and the way "
         "to a person",
         "the log has the error (`a turn ended in an error`); `usher check` "
         "finds many of them; mend the flow and save it, or `usher rollback`",
         1},
};

/* So many of a code are listed one by one. */
#define SHOWN_MAX 20

/* The log names so many of one code: more lines say nothing new. */
#define NAMED_MAX 100

struct entry {
    struct entry *next;
    int named; /* the log has told of it */
    enum usher_problem code;
    char *subject; /* "" */
    char *detail;  /* "" */
    char *hint;    /* NULL: the table's */
};

struct usher_problems {
    struct usher_log *log;
    pthread_mutex_t lock;
    struct entry *list; /* by code, then as they came */
};

enum usher_status usher_problems_new(struct usher_log *log,
                                     struct usher_problems **out)
{
    *out = calloc(1, sizeof(**out));
    if (!*out)
        return USHER_ERR_NOMEM;
    (*out)->log = log;
    pthread_mutex_init(&(*out)->lock, NULL);
    return USHER_OK;
}

static void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    free(entry->subject);
    free(entry->detail);
    free(entry->hint);
    free(entry);
}

void usher_problems_free(struct usher_problems *problems)
{
    if (!problems)
        return;
    while (problems->list) {
        struct entry *entry = problems->list;

        problems->list = entry->next;
        entry_free(entry);
    }
    pthread_mutex_destroy(&problems->lock);
    free(problems);
}

const char *usher_problem_name(enum usher_problem code)
{
    return table[code].name;
}

/* NULL without memory. */
static struct entry *entry_new(enum usher_problem code, const char *subject,
                               const char *detail, const char *hint)
{
    struct entry *entry = calloc(1, sizeof(*entry));

    if (!entry)
        return NULL;
    entry->code = code;
    entry->subject = strdup(subject ? subject : "");
    entry->detail = strdup(detail ? detail : "");
    entry->hint = hint ? strdup(hint) : NULL;
    if (entry->subject && entry->detail && (entry->hint || !hint))
        return entry;
    entry_free(entry);
    return NULL;
}

/* Where the entry of this code and subject is linked, or would be. */
static struct entry **place(struct usher_problems *problems,
                            enum usher_problem code, const char *subject)
{
    struct entry **at = &problems->list;

    while (*at && ((*at)->code < code ||
                   ((*at)->code == code && strcmp((*at)->subject, subject))))
        at = &(*at)->next;
    return at;
}

static size_t count_of(const struct usher_problems *problems,
                       enum usher_problem code)
{
    size_t count = 0;

    for (const struct entry *entry = problems->list; entry; entry = entry->next)
        count += entry->code == code;
    return count;
}

static struct entry *found(struct entry **at, enum usher_problem code)
{
    return *at && (*at)->code == code ? *at : NULL;
}

static const char *shown(const char *text)
{
    return text && text[0] ? text : NULL;
}

static void tell(const struct usher_problems *problems, enum usher_problem code,
                 const char *subject, const char *detail, const char *hint,
                 int over)
{
    if (table[code].told && !over)
        return;
    usher_log_event(problems->log, over ? USHER_LOG_INFO : USHER_LOG_WARN,
                    "problem", over ? "over" : table[code].what, "code",
                    table[code].name, "subject", shown(subject), "detail",
                    shown(detail), "hint", hint, NULL);
}

void usher_problem_raise(struct usher_problems *problems,
                         enum usher_problem code, const char *subject,
                         const char *detail, const char *hint)
{
    struct entry *fresh, *old, **at;
    size_t others;
    int is_news;

    if (!problems)
        return;
    fresh = entry_new(code, subject, detail, hint);
    pthread_mutex_lock(&problems->lock);
    at = place(problems, code, subject ? subject : "");
    old = found(at, code);
    is_news = !old || strcmp(old->detail, detail ? detail : "") != 0;
    others = old ? 0 : count_of(problems, code);
    if (fresh) {
        fresh->named = old ? old->named : others < NAMED_MAX;
        is_news &= fresh->named || others == NAMED_MAX;
        fresh->next = old ? old->next : *at;
        *at = fresh;
    }
    pthread_mutex_unlock(&problems->lock);
    if (fresh)
        entry_free(old);
    if (is_news && others == NAMED_MAX)
        tell(problems, code, NULL, "more of them; /readyz counts them", NULL,
             0);
    else if (is_news)
        tell(problems, code, subject, detail, hint ? hint : table[code].hint,
             0);
}

void usher_problem_end(struct usher_problems *problems, enum usher_problem code,
                       const char *subject)
{
    struct entry *old, **at;

    if (!problems)
        return;
    pthread_mutex_lock(&problems->lock);
    at = place(problems, code, subject ? subject : "");
    old = found(at, code);
    if (old)
        *at = old->next;
    pthread_mutex_unlock(&problems->lock);
    if (old && old->named)
        tell(problems, code, subject, NULL, NULL, 1);
    entry_free(old);
}

void usher_problems_end(struct usher_problems *problems,
                        enum usher_problem code,
                        int (*keep)(void *user, const char *subject),
                        void *user)
{
    struct entry *gone = NULL, **at;

    if (!problems)
        return;
    pthread_mutex_lock(&problems->lock);
    at = &problems->list;
    while (*at) {
        struct entry *entry = *at;

        if (entry->code != code || (keep && keep(user, entry->subject))) {
            at = &entry->next;
            continue;
        }
        *at = entry->next;
        entry->next = gone;
        gone = entry;
    }
    pthread_mutex_unlock(&problems->lock);
    while (gone) {
        struct entry *entry = gone;

        gone = entry->next;
        if (entry->named)
            tell(problems, code, entry->subject, NULL, NULL, 1);
        entry_free(entry);
    }
}

int usher_problems_serious(struct usher_problems *problems)
{
    int serious = 0;

    if (!problems)
        return 0;
    pthread_mutex_lock(&problems->lock);
    for (struct entry *entry = problems->list; entry; entry = entry->next)
        serious |= entry->code != USHER_PROBLEM_RESTART_NEEDED;
    pthread_mutex_unlock(&problems->lock);
    return serious;
}

size_t usher_problems_count(struct usher_problems *problems,
                            enum usher_problem code)
{
    size_t count;

    if (!problems)
        return 0;
    pthread_mutex_lock(&problems->lock);
    count = count_of(problems, code);
    pthread_mutex_unlock(&problems->lock);
    return count;
}

static void member(struct usher_buffer *out, const char *name, const char *text)
{
    if (!shown(text))
        return;
    usher_buffer_printf(out, ",\"%s\":", name);
    usher_buffer_json(out, text, strlen(text));
}

/* Secrets are hidden, and who a visitor is; the ids of tasks are not. */
static void member_masked(const struct usher_log *log, int phones,
                          struct usher_buffer *out, const char *name,
                          const char *text)
{
    size_t len = strlen(text);
    size_t size = usher_log_mask(log, phones, text, len, NULL, 0) + 1;
    char *masked = malloc(size);

    if (!masked)
        return;
    (void)usher_log_mask(log, phones, text, len, masked, size);
    member(out, name, masked);
    free(masked);
}

/* How many there are of its code from this one on. */
static size_t count_from(const struct entry *entry)
{
    enum usher_problem code = entry->code;
    size_t count = 0;

    for (; entry && entry->code == code; entry = entry->next)
        count++;
    return count;
}

static void entry_json(const struct usher_problems *problems,
                       const struct entry *entry, size_t more,
                       struct usher_buffer *out)
{
    usher_buffer_printf(out, "%s{\"code\":\"%s\"",
                        entry == problems->list ? "" : ",",
                        table[entry->code].name);
    member(out, "what", table[entry->code].what);
    member_masked(problems->log,
                  !usher_mask_plain_field("id", entry->subject,
                                          strlen(entry->subject)),
                  out, "subject", entry->subject);
    member_masked(problems->log, 0, out, "detail", entry->detail);
    member(out, "hint", entry->hint ? entry->hint : table[entry->code].hint);
    if (more)
        usher_buffer_printf(out, ",\"more\":%zu", more);
    usher_buffer_byte(out, '}');
}

void usher_problems_json(struct usher_problems *problems,
                         struct usher_buffer *out)
{
    const struct entry *entry;
    size_t left = 0, shown_left = 0;

    if (!problems)
        return;
    pthread_mutex_lock(&problems->lock);
    for (entry = problems->list; entry; entry = entry->next) {
        if (!left) {
            left = count_from(entry);
            shown_left = SHOWN_MAX;
        }
        left--;
        if (shown_left)
            entry_json(problems, entry, --shown_left ? 0 : left, out);
    }
    pthread_mutex_unlock(&problems->lock);
}
