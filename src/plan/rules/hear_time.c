/* Times, days and schedules as people say them, for phrases: "5:30 pm", "monday to friday", "the 15th". */
#include "spoken.h"

#include "opsh/base/str.h"

static bool quoted(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) != 0;
}

static bool half_of_day(const struct token *t, const char *s, int *hour)
{
    bool pm = op_str_starts(s, "pm") || op_str_starts(s, "p.m"), am = op_str_starts(s, "am") || op_str_starts(s, "a.m");
    (void)t;
    if (pm && *hour < 12)
        *hour += 12;
    if (am && *hour == 12)
        *hour = 0;
    return pm || am;
}

/* "3 in the morning", "9 at night": how many words that is. */
static size_t part_of_day(struct clause *c, size_t i, int *hour)
{
    static const char *const parts[] = { "morning", "afternoon", "evening", "night" };
    size_t at = i;
    for (size_t k = 0; k < 2; k++) {
        const struct token *t = clause_token(c, at);
        at += t != NULL && (strcmp(t->low, "in") == 0 || strcmp(t->low, "at") == 0 || strcmp(t->low, "the") == 0);
    }
    const struct token *t = clause_token(c, at);
    for (size_t k = 0; k < OP_LEN(parts) && t != NULL && at > i; k++) {
        if (strcmp(t->low, parts[k]) != 0)
            continue;
        *hour += k > 0 && *hour < 12 && !(k == 3 && *hour < 6) ? 12 : 0;
        return at + 1 - i;
    }
    return 0;
}

/* "2am", "2 am", "18:30", "5:30 pm", "noon", "9": minute and hour as cron writes them. */
size_t hear_clock(struct clause *c, size_t i, char *out, size_t size)
{
    static const struct {
        const char *word, *cron;
    } named[] = { { "noon", "0 12" }, { "midday", "0 12" }, { "midnight", "0 0" } };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    for (size_t k = 0; k < OP_LEN(named); k++) {
        if (strcmp(t->low, named[k].word) != 0)
            continue;
        (void)snprintf(out, size, "%s", named[k].cron);
        return i + 1;
    }
    char *end = NULL;
    if (!isdigit((unsigned char)*t->low))
        return 0;
    int hour = (int)strtol(t->low, &end, 10), minute = 0;
    if (*end == ':' || (*end == '.' && isdigit((unsigned char)end[1])) ||
        (*end == 'h' && isdigit((unsigned char)end[1])))
        minute = (int)strtol(end + 1, &end, 10);
    else if (strcmp(end, "h") == 0)
        end++;
    size_t used = 1;
    if (*end != '\0') {
        if (!half_of_day(t, end, &hour))
            return 0;
    } else if (next != NULL && (t->flags & (TOKEN_STOP | TOKEN_COMMA)) == 0) {
        bool half = half_of_day(next, next->low, &hour);
        used += part_of_day(c, i + 1, &hour);
        bool clock = strcmp(next->low, "o") == 0 || strcmp(next->low, "oclock") == 0 || strcmp(next->low, "hours") == 0;
        const struct token *third = clause_token(c, i + 2);
        used += half || clock;
        used += clock && third != NULL && half_of_day(third, third->low, &hour);
    }
    if (hour > 23 || minute > 59)
        return 0;
    (void)snprintf(out, size, "%d %d", minute, hour);
    return i + used;
}

/* A schedule as cron writes it, in quotes, or "@daily". */
size_t hear_cron(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    size_t spaces = 0;
    for (const char *at = s; *at != '\0'; at++)
        spaces += *at == ' ';
    bool fields =
        quoted(&c->tokens->v[i]) && spaces == 4 && s[strspn(s, "0123456789*/,-? ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
    bool named = *s == '@' && s[1] != '\0' && s[1 + strspn(s + 1, "abcdefghijklmnopqrstuvwxyz")] == '\0';
    return fields || named ? hear_whole(c, i, out, size) : 0;
}

static int weekday(const char *s)
{
    static const char *const days[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };
    size_t n = strlen(s);
    n -= n > 3 && s[n - 1] == 's' && n > 6;
    for (int d = 0; d < 7; d++)
        if (n >= 3 && n <= strlen(days[d]) && strncmp(days[d], s, n) == 0 && (n <= 5 || n == strlen(days[d])))
            return d;
    return -1;
}

/* "monday, wednesday and friday" → "1,3,5"; "monday to friday" → "1-5". */
size_t hear_weekdays(struct clause *c, size_t i, char *out, size_t size)
{
    size_t n = 0, end = i;
    bool range = false;
    for (size_t k = i; k < c->to; k++) {
        const struct token *t = &c->tokens->v[k];
        int day = quoted(t) ? -1 : weekday(t->low);
        if (day >= 0 && n + 4 < size) {
            n += (size_t)snprintf(out + n, size - n, "%s%d", n == 0 ? "" : range ? "-" : ",", day);
            end = k + 1;
            range = false;
        } else if (strcmp(t->low, "to") == 0 || strcmp(t->low, "through") == 0 || strcmp(t->low, "till") == 0) {
            range = true;
        } else if (strcmp(t->low, "and") != 0 && strcmp(t->low, "&") != 0 && strcmp(t->low, "or") != 0) {
            break;
        }
        if (end == i)
            return 0;
    }
    return end > i ? end : 0;
}

/* "first", "15th", "1st" of a month. */
size_t hear_ordinal(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const words[] = { "first", "second",  "third",  "fourth", "fifth",
                                         "sixth", "seventh", "eighth", "ninth",  "tenth" };
    const char *s = c->tokens->v[i].low;
    for (size_t k = 0; k < OP_LEN(words); k++) {
        if (strcmp(s, words[k]) != 0)
            continue;
        (void)snprintf(out, size, "%zu", k + 1);
        return i + 1;
    }
    size_t n = strspn(s, "0123456789");
    static const char *const endings[] = { "st", "nd", "rd", "th", "." };
    char text[8];
    int64_t day = 0;
    (void)snprintf(text, sizeof(text), "%.*s", (int)(n < 7 ? n : 7), s);
    if (n == 0 || !OP_IN(s + n, endings) || !op_str_int(text, 1, 31, &day))
        return 0;
    (void)snprintf(out, size, "%s", text);
    return i + 1;
}

/* "5s", "30 seconds", "2 minutes": seconds. */
size_t hear_span(struct clause *c, size_t i, char *out, size_t size)
{
    char number[24];
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    size_t n = strspn(t->low, "0123456789"), end = hear_number(c, i, number, sizeof(number));
    char unit = '\0';
    if (end != 0) {
        const char *u = next != NULL && end < c->to ? clause_value(c, end, WORD_UNIT) : NULL;
        unit = u != NULL && strlen(u) == 1 ? *u : '\0';
        end += unit != '\0';
    } else if (n > 0 && strlen(t->low + n) == 1) {
        unit = t->low[n];
        (void)snprintf(number, sizeof(number), "%.*s", (int)(n < 20 ? n : 20), t->low);
        end = i + 1;
    }
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
    int64_t many = 0;
    for (size_t k = 0; k < OP_LEN(units) && end != 0; k++) {
        if (units[k].unit != unit || !op_str_int(number, 0, 1000000, &many))
            continue;
        (void)snprintf(out, size, "%lld", (long long)(many * units[k].seconds));
        return end;
    }
    return 0;
}
