/* What a step does not show is left out: lines and rows, however the bytes are cut, and the sentence that says of how
 * much. Tables as kubectl, helm and docker print them. */
#include "run/filter.h"
#include "run/filter_value.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

/* "COLUMN how text|text", columns and texts without spaces; "-" for the whole line. */
static struct op_show *show(bool table, const char *rules)
{
    struct op_show *s = op_calloc(1, sizeof(*s));
    s->table = table;
    char column[64], how[16], text[200];
    int n = 0;
    for (; sscanf(rules, "%63s %15s %199[^;]%n", column, how, text, &n) == 3; rules += n + (rules[n] == ';')) {
        struct op_show_rule *r = op_show_add(s);
        for (char *c = column; *c != '\0'; c++)
            *c = *c == '_' ? ' ' : *c;
        assert_true(op_show_how_of(how, &r->how));
        r->column = strcmp(column, "-") == 0 ? NULL : op_strdup(column);
        if (r->how > OP_SHOW_ENDS) {
            r->amount = op_strdup(text);
            continue;
        }
        for (const char *t = text; *t != '\0'; t += strcspn(t, "|"), t += *t == '|') {
            OP_AUTO_FREE char *one = op_strndup(t, strcspn(t, "|"));
            op_strv_push(&r->texts, one);
        }
    }
    return s;
}

static void feed(struct op_filter *f, const char *bytes, size_t n, size_t step, struct op_buf *out)
{
    for (size_t i = 0; i < n; i += step)
        op_filter_feed(f, OP_STDOUT, bytes + i, i + step < n ? step : n - i, out);
    op_filter_end(f, out);
}

/* The same whatever the size of the chunks. */
static void gives(struct op_show *s, const char *text, const char *kept, const char *sentence)
{
    for (size_t step = 1; step < 40; step++) {
        OP_AUTO_BUF out = OP_BUF_INIT, said = OP_BUF_INIT;
        struct op_filter *f = op_filter_new(s);
        feed(f, text, strlen(text), step, &out);
        op_filter_sentence(f, &said);
        assert_string_equal(op_buf_str(&out), kept);
        assert_string_equal(op_buf_str(&said), sentence);
        op_filter_free(f);
    }
    op_show_free(s);
}

static const char logs[] = "start\nGET /a 200\nconn Timeout to db\nGET /b 503 12ms\nid=1503 ok 10.5.0.3\nlast timeout";

static void lines(void **state)
{
    (void)state;
    gives(show(false, "- has timeout"), logs, "conn Timeout to db\nlast timeout\n", "2 of 6 lines have \"timeout\"");
    gives(show(false, "- has 5xx"), logs, "GET /b 503 12ms\n", "1 of 6 lines has \"5xx\"");
    gives(show(false, "- has start|503 12"), logs, "start\nGET /b 503 12ms\n", "2 of 6 lines have \"start\" or \"503 12\"");
    gives(show(false, "- has nothing"), logs, "", "None of 6 lines has \"nothing\"");
    gives(show(false, "- without GET|id="), logs, "start\nconn Timeout to db\nlast timeout\n", "3 of 6 lines are without \"GET\" or \"id=\"");
    gives(show(false, "- has x"), "", "", "There are no lines to look at");
}

static void lines_around(void **state)
{
    (void)state;
    struct op_show *s = show(false, "- has hit");
    s->around = 1;
    gives(s, "a\nb\nhit\nc\nd\ne\nf\nhit\nhit\ng\n", "b\nhit\nc\n--\nf\nhit\nhit\ng\n", "3 of 10 lines have \"hit\"");
}

/* What a program does to its output is not looked at: colours, carriage returns, bytes that are no text. */
static void hostile_bytes(void **state)
{
    (void)state;
    gives(show(false, "- has error"), "\x1b[31mERR\x1b[0mOR one\x1b]0;title\x07\r\nfine\n\xff\xfe" "error\xc3\n",
          "ERROR one\n\xef\xbf\xbd\xef\xbf\xbd" "error\xef\xbf\xbd\n", "2 of 3 lines have \"error\"");
}

static void long_lines(void **state)
{
    (void)state;
    size_t n = FILTER_LINE * 2 + 20;
    OP_AUTO_FREE char *text = op_calloc(n + 1, 1);
    memset(text, 'x', n);
    memcpy(text, "begins", 6);
    memcpy(text + FILTER_LINE + 5, "behind", 6);
    text[n - 1] = '\n';
    struct op_show *s = show(false, "- has begins");
    struct op_filter *f = op_filter_new(s);
    OP_AUTO_BUF out = OP_BUF_INIT, said = OP_BUF_INIT;
    feed(f, text, n, 4097, &out);
    op_filter_sentence(f, &said);
    assert_true(out.len < FILTER_LINE + 10);
    assert_string_equal(op_buf_str(&said), "1 of 1 lines has \"begins\" (1 longer than 64 KiB: only the beginning was looked at)");
    op_filter_free(f);
    op_show_free(s);
}

static const char pods[] = "NAMESPACE     NAME                 READY   STATUS             RESTARTS       AGE\n"
                           "default       web-5d9c-abcde       1/1     Running            0              7d\n"
                           "default       api-7f6b-xyz         2/3     CrashLoopBackOff   12 (3h ago)    6d23h\n"
                           "kube-system   coredns-1            1/1     Running            5 (2d4h ago)   3y10d\n"
                           "kube-system   fresh                0/1     Pending            0              <unknown>\n";

static void rows(void **state)
{
    (void)state;
    const char *head = "NAMESPACE     NAME                 READY   STATUS             RESTARTS       AGE\n";
    OP_AUTO_FREE char *old = op_asprintf("%s%s%s", head,
                                         "default       web-5d9c-abcde       1/1     Running            0              7d\n",
                                         "kube-system   coredns-1            1/1     Running            5 (2d4h ago)   3y10d\n");
    OP_AUTO_FREE char *api = op_asprintf("%s%s", head,
                                         "default       api-7f6b-xyz         2/3     CrashLoopBackOff   12 (3h ago)    6d23h\n");
    OP_AUTO_FREE char *dns = op_asprintf("%s%s", head,
                                         "kube-system   coredns-1            1/1     Running            5 (2d4h ago)   3y10d\n");
    gives(show(true, "AGE older 1w"), pods, old, "2 of 4 rows are older than 1 week (of 1 it is not known)");
    gives(show(true, "AGE younger 7d"), pods, api, "1 of 4 rows is younger than 7 days (of 1 it is not known)");
    gives(show(true, "RESTARTS more 5"), pods, api, "1 of 4 rows has more than 5 restarts");
    gives(show(true, "RESTARTS younger 4h"), pods, api, "1 of 4 rows is restarted within the last 4 hours");
    gives(show(true, "RESTARTS least 5;AGE older 1y"), pods, dns,
          "1 of 4 rows has at least 5 restarts and is older than 1 year");
    gives(show(true, "DESIRED|READY is 3"), pods, api, "1 of 4 rows has exactly 3 replicas");
    gives(show(true, "NAME begins core"), pods, dns, "1 of 4 rows has \"core\" at the beginning of NAME");
    gives(show(true, "NAME has XYZ"), pods, api, "1 of 4 rows has \"XYZ\" in NAME");
    gives(show(true, "RESTARTS more 99"), pods, head, "None of 4 rows has more than 99 restarts");
}

/* A table without the column is not narrowed, and that is said. */
static void no_such_column(void **state)
{
    (void)state;
    gives(show(true, "CAPACITY more 1Gi"), pods, pods, "There is no column CAPACITY: all of it is shown");
    gives(show(true, "AGE older 1d"), "apiVersion: v1\nkind: Pod\n", "apiVersion: v1\nkind: Pod\n",
          "There is no column AGE: all of it is shown");
}

static void other_tables(void **state)
{
    (void)state;
    gives(show(true, "CPU(%)|CPU% more 80%"), "NAME   CPU(cores)   CPU%   MEMORY(bytes)\na      3500m        87%    1Gi\nb      10m          2%     1Gi\n",
          "NAME   CPU(cores)   CPU%   MEMORY(bytes)\na      3500m        87%    1Gi\n", "1 of 2 rows has more than 80% CPU");
    gives(show(true, "MEMORY(bytes) more 1G"), "NAME   CPU(cores)   MEMORY(bytes)\na      1m           953Mi\nb      2m           954Mi\n",
          "NAME   CPU(cores)   MEMORY(bytes)\nb      2m           954Mi\n", "1 of 2 rows has more than 1G of memory");
    /* helm: tabs, and a cell of several words */
    gives(show(true, "REVISION more 2"), "NAME\tNAMESPACE\tREVISION\tUPDATED\nweb \tdefault  \t3       \t2024-01-01 10:00 UTC\napi \tdefault  \t1       \tnow\n",
          "NAME\tNAMESPACE\tREVISION\tUPDATED\nweb \tdefault  \t3       \t2024-01-01 10:00 UTC\n", "1 of 2 rows has more than 2 in REVISION");
    /* an empty cell in the middle */
    gives(show(true, "CAPACITY least 5Gi"), "NAME   VOLUME   CAPACITY   AGE\nbig    pv-1     8Gi        1d\nwait                        1d\n",
          "NAME   VOLUME   CAPACITY   AGE\nbig    pv-1     8Gi        1d\n", "1 of 2 rows has at least 5Gi (of 1 it is not known)");
    /* two tables */
    gives(show(true, "AGE older 2d"), "NAME    AGE\npod/a   3d\n\nNAME        CLUSTER-IP   AGE\nservice/b   10.0.0.1     1d\n",
          "NAME    AGE\npod/a   3d\n\nNAME        CLUSTER-IP   AGE\n", "1 of 2 rows is older than 2 days");
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double seconds; /* -1: none */
    } times[] = { { "45s", 45 },    { "3h25m", 12300 }, { "2y130d", 2.0 * 31536000 + 130 * 86400 }, { "1mo", 2592000 }, { "3m ago", 180 },
                  { "<none>", -1 }, { "", -1 },         { "7", -1 },                                { "5 apples", -1 }, { "-3d", -1 } };
    for (size_t i = 0; i < OP_LEN(times); i++) {
        double got = 0;
        bool ok = filter_time(times[i].text, &got);
        assert_int_equal(ok, times[i].seconds >= 0);
        assert_true(!ok || (got > times[i].seconds - 0.5 && got < times[i].seconds + 0.5));
    }
    static const struct {
        const char *text;
        double value;
    } numbers[] = { { "250m", 0.25 }, { "1Gi", 1073741824 }, { "1.2GB", 1.2e9 }, { "80%", 80 }, { "12 (3h ago)", 12 },
                    { "7d", -1 },     { "<none>", -1 },      { "3x", -1 } };
    for (size_t i = 0; i < OP_LEN(numbers); i++) {
        double got = 0;
        bool ok = filter_number(numbers[i].text, &got);
        assert_int_equal(ok, numbers[i].value >= 0);
        assert_true(!ok || (got > numbers[i].value * 0.999 && got < numbers[i].value * 1.001));
    }
}

static void described(void **state)
{
    (void)state;
    struct op_show *s = show(true, "AGE older 1d;RESTARTS more 5");
    s->noun = op_strdup("pods");
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_show_describe(s, &out);
    assert_string_equal(op_buf_str(&out), "only pods older than 1 day and with more than 5 restarts");
    op_show_free(s);
    s = show(false, "- has a\x1bm|b");
    s->around = 3;
    op_buf_trunc(&out, 0);
    op_show_describe(s, &out);
    assert_string_equal(op_buf_str(&out), "only lines with \"a\\x1bm\" or \"b\", with 3 lines around each");
    op_show_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),          cmocka_unit_test(lines_around), cmocka_unit_test(hostile_bytes),
        cmocka_unit_test(long_lines),     cmocka_unit_test(rows),         cmocka_unit_test(no_such_column),
        cmocka_unit_test(other_tables),   cmocka_unit_test(values),       cmocka_unit_test(described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
