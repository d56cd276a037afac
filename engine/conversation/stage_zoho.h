/* engine/conversation/stage_zoho.h - the transport of a stage's client: calls
 * to Zoho's hosts are answered by the simulator, when its answers are due by
 * the loop's clock. */
#ifndef USHER_CONVERSATION_STAGE_ZOHO_H
#define USHER_CONVERSATION_STAGE_ZOHO_H

#include "conversation/stage.h"

struct stage_zoho;

/* hosts and options are borrowed. */
USHER_MUST_USE enum usher_status
stage_zoho_new(struct usher_loop *loop, struct usher_simulator *simulator,
               const struct usher_zoho_hosts *hosts,
               const struct usher_stage_options *options,
               struct stage_zoho **out);
/* After the client. */
void stage_zoho_free(struct stage_zoho *zoho);
struct usher_client_transport stage_zoho_transport(struct stage_zoho *zoho);

#endif
