/* engine/net/listen_owner.h - which process listens on a TCP port? */
#ifndef USHER_NET_LISTEN_OWNER_H
#define USHER_NET_LISTEN_OWNER_H

#include <stddef.h>
#include <stdint.h>

/* Writes "NAME (pid N)" and gives 1, or gives 0 where /proc does not tell
 * (another user's process, a container's). Blocks on /proc; for messages of
 * the start only. */
int usher_listen_owner(uint16_t port, char *out, size_t size);

#endif
