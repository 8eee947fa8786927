/* Time that only goes forward. */
#ifndef OPSH_OS_CLOCK_H
#define OPSH_OS_CLOCK_H

#include <stdint.h>

int64_t op_clock_ms(void); /* milliseconds since an arbitrary start */

/* The date and time now as "2026-01-31T12:00:00.123Z"; text has room for 32 bytes. */
void op_clock_iso(char text[32]);

/* Seconds since 1970 of an RFC 3339 time as Kubernetes writes it; -1 when it is not one. */
int64_t op_clock_parse(const char *text);
int64_t op_clock_now(void); /* seconds since 1970 */

#endif
