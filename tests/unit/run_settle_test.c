/* Has a workload settled? One object in, one answer out; the statuses are what controllers write. */
#include "run/road_i.h"

#include "opsh/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

/* Object texts with ' for ". */
static struct op_settle look(const char *text)
{
    OP_AUTO_FREE char *json = op_strdup(text);
    for (char *p = json; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *j = op_json_parse(json, strlen(json), OP_JSON_UNIQUE, &err);
    if (j == NULL)
        fail_msg("%s: %s", json, err.msg);
    struct op_settle s;
    if (!op_settle_look(j, &s))
        fail_msg("no workload: %s", json);
    return s;
}

struct row {
    const char *what, *text;
    bool settled;
    int64_t wanted, ready;
};

static void check(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct op_settle s = look(rows[i].text);
        if (s.settled != rows[i].settled || s.wanted != rows[i].wanted || s.ready != rows[i].ready)
            fail_msg("%s: %ssettled, %d of %d", rows[i].what, s.settled ? "" : "not ", (int)s.ready, (int)s.wanted);
        free(s.selector);
    }
}

#define DEPLOYMENT(generation, spec, status) \
    "{'kind':'Deployment','metadata':{'generation':" generation "},'spec':{" spec "},'status':{" status "}}"

static void deployments(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "all there", DEPLOYMENT("2", "'replicas':3", "'observedGeneration':2,'replicas':3,'updatedReplicas':3,'readyReplicas':3"), true, 3, 3 },
        { "not yet looked at", DEPLOYMENT("3", "'replicas':3", "'observedGeneration':2,'replicas':3,'updatedReplicas':3,'readyReplicas':3"), false, 3, 3 },
        { "no status yet", DEPLOYMENT("1", "'replicas':3", ""), false, 3, 0 },
        { "an old pod more", DEPLOYMENT("2", "'replicas':3", "'observedGeneration':2,'replicas':4,'updatedReplicas':3,'readyReplicas':3"), false, 3, 3 },
        { "surge: old ones ready", DEPLOYMENT("2", "'replicas':3", "'observedGeneration':2,'replicas':4,'updatedReplicas':1,'readyReplicas':3"), false, 3, 3 },
        { "an old one among them", DEPLOYMENT("2", "'replicas':3", "'observedGeneration':2,'replicas':3,'updatedReplicas':2,'readyReplicas':3"), false, 3, 3 },
        { "one not ready", DEPLOYMENT("2", "'replicas':3", "'observedGeneration':2,'replicas':3,'updatedReplicas':3,'readyReplicas':2"), false, 3, 2 },
        { "down to zero", DEPLOYMENT("5", "'replicas':0", "'observedGeneration':5"), true, 0, 0 },
        { "zero not yet seen", DEPLOYMENT("5", "'replicas':0", "'observedGeneration':4"), false, 0, 0 },
        { "one left of zero", DEPLOYMENT("5", "'replicas':0", "'observedGeneration':5,'replicas':1"), false, 0, 0 },
        { "not yet for long enough", DEPLOYMENT("2", "'replicas':2,'minReadySeconds':30", "'observedGeneration':2,'replicas':2,'updatedReplicas':2,'readyReplicas':2,'availableReplicas':1"), false, 2, 2 },
        { "for long enough", DEPLOYMENT("2", "'replicas':2,'minReadySeconds':30", "'observedGeneration':2,'replicas':2,'updatedReplicas':2,'readyReplicas':2,'availableReplicas':2"), true, 2, 2 },
        { "replicas left out: one", DEPLOYMENT("1", "", "'observedGeneration':1,'replicas':1,'updatedReplicas':1,'readyReplicas':1"), true, 1, 1 },
    };
    check(rows, OP_LEN(rows));
}

#define JOB(spec, status) "{'kind':'Job','metadata':{'generation':1},'spec':{" spec "},'status':{" status "}}"

static void jobs(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "not begun", JOB("'completions':2", ""), false, 2, 0 },
        { "a pod that is not there yet", JOB("'completions':2", "'active':1,'ready':0"), false, 2, 0 },
        { "at work", JOB("'completions':2", "'active':1,'ready':1,'succeeded':1"), true, 2, 1 },
        { "done", JOB("'completions':2", "'succeeded':2"), true, 2, 2 },
        { "failed", JOB("'completions':1", "'failed':1,'conditions':[{'type':'Failed','status':'True'}]"), false, 1, 0 },
        { "suspended", JOB("'completions':1,'suspend':true", ""), true, 1, 0 },
    };
    check(rows, OP_LEN(rows));
}

#define STATEFUL(spec, status) "{'kind':'StatefulSet','metadata':{'generation':2},'spec':{" spec "},'status':{'observedGeneration':2," status "}}"
#define ROLLING(partition) "'replicas':3,'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'partition':" partition "}}"

static void stateful_sets(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "one revision", STATEFUL(ROLLING("0"), "'replicas':3,'readyReplicas':3,'updatedReplicas':3,'currentRevision':'a','updateRevision':'a'"), true, 3, 3 },
        { "two revisions", STATEFUL(ROLLING("0"), "'replicas':3,'readyReplicas':3,'updatedReplicas':2,'currentRevision':'a','updateRevision':'b'"), false, 3, 3 },
        { "one not ready", STATEFUL(ROLLING("0"), "'replicas':3,'readyReplicas':2,'updatedReplicas':3,'currentRevision':'a','updateRevision':'a'"), false, 3, 2 },
        { "partition done", STATEFUL(ROLLING("2"), "'replicas':3,'readyReplicas':3,'updatedReplicas':1,'currentRevision':'a','updateRevision':'b'"), true, 3, 3 },
        { "partition pending", STATEFUL(ROLLING("1"), "'replicas':3,'readyReplicas':3,'updatedReplicas':1,'currentRevision':'a','updateRevision':'b'"), false, 3, 3 },
        { "partition beyond", STATEFUL(ROLLING("9"), "'replicas':3,'readyReplicas':3,'currentRevision':'a','updateRevision':'b'"), true, 3, 3 },
        { "by hand", STATEFUL("'replicas':3,'updateStrategy':{'type':'OnDelete'}", "'replicas':3,'readyReplicas':3,'currentRevision':'a','updateRevision':'b'"), true, 3, 3 },
        { "down to zero", STATEFUL("'replicas':0", "'replicas':0,'currentRevision':'a','updateRevision':'b'"), true, 0, 0 },
        { "one left of zero", STATEFUL("'replicas':0", "'replicas':1,'readyReplicas':1,'currentRevision':'a','updateRevision':'a'"), false, 0, 1 },
        { "unseen", "{'kind':'StatefulSet','metadata':{'generation':3},'spec':{'replicas':1},'status':{'observedGeneration':2,'replicas':1,'readyReplicas':1,"
                    "'currentRevision':'a','updateRevision':'a'}}", false, 1, 1 },
    };
    check(rows, OP_LEN(rows));
}

#define DAEMON(spec, status) "{'kind':'DaemonSet','metadata':{'generation':2},'spec':{" spec "},'status':{" status "}}"

static void daemon_sets(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "everywhere", DAEMON("", "'observedGeneration':2,'desiredNumberScheduled':2,'numberReady':2,'updatedNumberScheduled':2"), true, 2, 2 },
        { "an old one", DAEMON("", "'observedGeneration':2,'desiredNumberScheduled':2,'numberReady':2,'updatedNumberScheduled':1"), false, 2, 2 },
        { "one not ready", DAEMON("", "'observedGeneration':2,'desiredNumberScheduled':2,'numberReady':1,'updatedNumberScheduled':2"), false, 2, 1 },
        { "no node for it", DAEMON("", "'observedGeneration':2,'desiredNumberScheduled':0,'numberReady':0"), true, 0, 0 },
        { "not yet looked at", DAEMON("", ""), false, 0, 0 },
        { "by hand", DAEMON("'updateStrategy':{'type':'OnDelete'}", "'observedGeneration':2,'desiredNumberScheduled':2,'numberReady':2"), true, 2, 2 },
    };
    check(rows, OP_LEN(rows));
}

#define POD(metadata, status) "{'kind':'Pod','metadata':{'generation':1" metadata "},'status':{" status "}}"

static void pods(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "ready", POD("", "'phase':'Running','conditions':[{'type':'Initialized','status':'True'},{'type':'Ready','status':'True'}]"), true, 1, 1 },
        { "not ready", POD("", "'phase':'Running','conditions':[{'type':'Ready','status':'False'},{'type':'Initialized','status':'True'}]"), false, 1, 0 },
        { "done", POD("", "'phase':'Succeeded','conditions':[{'type':'Ready','status':'False'}]"), true, 1, 0 },
        { "failed", POD("", "'phase':'Failed'"), false, 1, 0 },
        { "pending", POD("", "'phase':'Pending'"), false, 1, 0 },
        { "ready, and on its way out", POD(",'deletionTimestamp':'2026-01-01T00:00:00Z'", "'phase':'Running','conditions':[{'type':'Ready','status':'True'}]"), false, 1, 1 },
    };
    check(rows, OP_LEN(rows));
}

static void replica_sets(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "all there", "{'kind':'ReplicaSet','metadata':{'generation':1},'spec':{'replicas':2},'status':{'observedGeneration':1,'replicas':2,'readyReplicas':2}}", true, 2, 2 },
        { "one missing", "{'kind':'ReplicaSet','metadata':{'generation':1},'spec':{'replicas':2},'status':{'observedGeneration':1,'replicas':2,'readyReplicas':1}}", false, 2, 1 },
        { "one too many", "{'kind':'ReplicaSet','metadata':{'generation':1},'spec':{'replicas':1},'status':{'observedGeneration':1,'replicas':2,'readyReplicas':1}}", false, 1, 1 },
    };
    check(rows, OP_LEN(rows));
}

static void the_selector_is_every_label(void **state)
{
    (void)state;
    struct op_settle s = look(DEPLOYMENT("1", "'selector':{'matchLabels':{'app':'web','app.kubernetes.io/part-of':'shop'}}", ""));
    assert_string_equal(s.selector, "app=web,app.kubernetes.io/part-of=shop");
    free(s.selector);
    s = look(DEPLOYMENT("1", "'selector':{}", ""));
    assert_null(s.selector);
}

static void other_objects_are_no_workloads(void **state)
{
    (void)state;
    struct op_settle s;
    OP_AUTO_JSON *service = op_json_object();
    assert_false(op_settle_look(NULL, &s));
    assert_false(op_settle_look(service, &s));
    op_json_set_str(service, "kind", "Service");
    assert_false(op_settle_look(service, &s));
    assert_null(s.selector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deployments),
        cmocka_unit_test(jobs),   cmocka_unit_test(stateful_sets),
        cmocka_unit_test(daemon_sets),   cmocka_unit_test(pods),
        cmocka_unit_test(replica_sets),  cmocka_unit_test(the_selector_is_every_label),
        cmocka_unit_test(other_objects_are_no_workloads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
