/* engine/conversation/admin.h - the admin calls, on the control thread. */
#ifndef USHER_CONVERSATION_ADMIN_H
#define USHER_CONVERSATION_ADMIN_H

#include "conversation/reload.h"

/* Does what the request asks (POST /admin/reload, GET /admin/versions,
 * GET /admin/version?hash=, POST /admin/rollback?hash=) and writes the JSON
 * answer. Gives the HTTP status. */
unsigned usher_admin_call(struct usher_shared *shared,
                          struct usher_reload *reload,
                          const struct usher_request *request,
                          struct usher_buffer *out);

#endif
