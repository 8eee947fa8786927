/* Clocks, and the one reader of Kubernetes' times. */
#include "opsh/os/clock.h"

#include <time.h>

int64_t op_clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t op_clock_now(void)
{
    return (int64_t)time(NULL);
}

void op_clock_iso(char text[32])
{
    struct timespec t;
    struct tm tm;
    char date[24];
    (void)clock_gettime(CLOCK_REALTIME, &t);
    (void)gmtime_r(&t.tv_sec, &tm);
    (void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text, 32, "%s.%03dZ", date, (int)(t.tv_nsec / 1000000));
}

int64_t op_clock_parse(const char *text)
{
    struct tm tm = { 0 };
    const char *end = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (end == NULL)
        return -1;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    if (strcmp(end, "Z") != 0) /* the API server writes UTC only */
        return -1;
    return (int64_t)timegm(&tm);
}
