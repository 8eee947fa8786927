/* Small string helpers with strict answers. */
#include "opsh/base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <strings.h>

bool op_str_eq(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool op_str_ieq(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

bool op_str_starts(const char *s, const char *prefix)
{
    return s != NULL && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool op_str_ends(const char *s, const char *suffix)
{
    if (s == NULL)
        return false;
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool op_str_empty(const char *s)
{
    return s == NULL || *s == '\0';
}

bool op_str_in(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; s != NULL && i < n; i++)
        if (words[i] != NULL && strcmp(words[i], s) == 0)
            return true;
    return false;
}

char *op_str_lower(char *s)
{
    for (char *c = s; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return s;
}

uint64_t op_str_hash(const void *bytes, size_t n)
{
    uint64_t h = 14695981039346656037u;
    for (const unsigned char *at = bytes, *end = at + n; at < end; at++)
        h = (h ^ *at) * 1099511628211u;
    return h;
}

bool op_str_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
    if (op_str_empty(s) || !(isdigit((unsigned char)*s) || *s == '-' || *s == '+'))
        return false;
    char *end = NULL;
    errno = 0;
    intmax_t v = strtoimax(s, &end, 10);
    if (errno != 0 || *end != '\0' || end == s || v < min || v > max)
        return false;
    *out = (int64_t)v;
    return true;
}

enum { LONGEST = 64 }; /* longer words are never typos of keywords */

unsigned op_str_distance(const char *a, const char *b, unsigned limit)
{
    size_t n = strlen(a), m = strlen(b);
    if (n == m && memcmp(a, b, n) == 0)
        return 0;
    if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > limit)
        return limit + 1;
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[m] <= limit ? above[m] : limit + 1;
}

bool op_str_is_dns_name(const char *s)
{
    size_t n = s != NULL ? strlen(s) : 0;
    if (n == 0 || n > 253)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool alnum = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9');
        bool edge = i == 0 || i == n - 1 || s[i - 1] == '.' || s[i + 1] == '.'; /* of a label */
        if (!alnum && (edge || (s[i] != '-' && s[i] != '.')))
            return false;
    }
    return true;
}

bool op_str_glob(const char *pattern, const char *s)
{
    const char *star = NULL, *resume = NULL;
    while (*s != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = s;
        } else if (*pattern == '?' || *pattern == *s) {
            pattern++;
            s++;
        } else if (star != NULL) {
            pattern = star + 1;
            s = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
