/* Fields of what is there, by the name that a manifest or a person gives them, and the patches that set them: "set the
 * termination grace period of web to 60". One row a field: its words, where it stands, what it takes. */
#include "planner.h"

#include "opsh/base/str.h"

enum where { SPEC, POD, SECURITY, CONTAINER };
enum takes { NUMBER, YESNO, TEXT };

static const struct field {
    const char *words; /* folded */
    const char *key;
    enum where where;
    enum takes takes;
} fields[] = {
    { "terminationgraceperiodseconds", "terminationGracePeriodSeconds", POD, NUMBER },
    { "termination grace period", "terminationGracePeriodSeconds", POD, NUMBER },
    { "hostnetwork", "hostNetwork", POD, YESNO },
    { "host network", "hostNetwork", POD, YESNO },
    { "hostpid", "hostPID", POD, YESNO },
    { "priorityclassname", "priorityClassName", POD, TEXT },
    { "priority class", "priorityClassName", POD, TEXT },
    { "schedulername", "schedulerName", POD, TEXT },
    { "dnspolicy", "dnsPolicy", POD, TEXT },
    { "dns policy", "dnsPolicy", POD, TEXT },
    { "automountserviceaccounttoken", "automountServiceAccountToken", POD, YESNO },
    { "runasuser", "runAsUser", SECURITY, NUMBER },
    { "run as user", "runAsUser", SECURITY, NUMBER },
    { "runasgroup", "runAsGroup", SECURITY, NUMBER },
    { "fsgroup", "fsGroup", SECURITY, NUMBER },
    { "runasnonroot", "runAsNonRoot", SECURITY, YESNO },
    { "imagepullpolicy", "imagePullPolicy", CONTAINER, TEXT },
    { "image pull policy", "imagePullPolicy", CONTAINER, TEXT },
    { "pull policy", "imagePullPolicy", CONTAINER, TEXT },
    { "successfuljobshistorylimit", "successfulJobsHistoryLimit", SPEC, NUMBER },
    { "successful jobs history limit", "successfulJobsHistoryLimit", SPEC, NUMBER },
    { "failedjobshistorylimit", "failedJobsHistoryLimit", SPEC, NUMBER },
    { "failed jobs history limit", "failedJobsHistoryLimit", SPEC, NUMBER },
    { "concurrencypolicy", "concurrencyPolicy", SPEC, TEXT },
    { "concurrency policy", "concurrencyPolicy", SPEC, TEXT },
    { "startingdeadlineseconds", "startingDeadlineSeconds", SPEC, NUMBER },
    { "sessionaffinity", "sessionAffinity", SPEC, TEXT },
    { "session affinity", "sessionAffinity", SPEC, TEXT },
    { "externaltrafficpolicy", "externalTrafficPolicy", SPEC, TEXT },
    { "external traffic policy", "externalTrafficPolicy", SPEC, TEXT },
    { "internaltrafficpolicy", "internalTrafficPolicy", SPEC, TEXT },
};

/* Values that are written in one way only, however they are said. */
static const char *const values[] = { "Always",   "IfNotPresent", "Never",
                                      "Forbid",   "Replace",      "Allow",
                                      "Default",  "ClusterFirst", "ClusterFirstWithHostNet",
                                      "ClientIP", "None",         "Local",
                                      "Cluster" };

const char *field_of(const char *folded)
{
    for (size_t k = 0; k < OP_LEN(fields); k++)
        if (strcmp(fields[k].words, folded) == 0)
            return fields[k].key;
    return NULL;
}

size_t hear_field(struct clause *c, size_t i, char *out, size_t size)
{
    for (size_t k = 0; k < OP_LEN(fields); k++) {
        const char *word = fields[k].words;
        size_t at = i;
        for (; *word != '\0' && at < c->to; at++) {
            size_t n = strcspn(word, " ");
            if (strlen(c->tokens->v[at].low) != n || strncmp(word, c->tokens->v[at].low, n) != 0)
                break;
            word += n + (word[n] == ' ');
        }
        if (*word != '\0')
            continue;
        (void)snprintf(out, size, "%s", fields[k].key);
        return at;
    }
    return 0;
}

static struct op_json *value_of(const struct field *field, const char *said)
{
    int64_t n = 0;
    static const char *const yes[] = { "true", "on", "yes", "enabled" }, *const no[] = { "false", "off", "no" };
    if (field->takes == NUMBER)
        return op_str_int(said, 0, 1000000000, &n) ? op_json_integer(n) : NULL;
    if (field->takes == YESNO)
        return OP_IN(said, yes) ? op_json_boolean(true) : OP_IN(said, no) ? op_json_boolean(false) : NULL;
    for (size_t i = 0; i < OP_LEN(values); i++)
        if (op_str_ieq(values[i], said))
            return op_json_string(values[i]);
    return op_json_string(said);
}

void derive_field(struct frame *f)
{
    const char *key = slots_get(&f->slots, "field"), *said = slots_get(&f->slots, "field_value");
    const struct field *field = NULL;
    for (size_t i = 0; i < OP_LEN(fields) && key != NULL && said != NULL; i++)
        field = strcmp(fields[i].key, key) == 0 ? &fields[i] : field;
    OP_AUTO_JSON *value = field != NULL ? value_of(field, said) : NULL;
    if (value == NULL)
        return;
    OP_AUTO_FREE char *text = op_json_print(value, false);
    if (field->where == CONTAINER)
        slots_setf(&f->slots, "field_container", "\"%s\":%s", field->key, text);
    else if (field->where == POD)
        slots_setf(&f->slots, "field_patch", "{\"spec\":{\"template\":{\"spec\":{\"%s\":%s}}}}", field->key, text);
    else if (field->where == SECURITY)
        slots_setf(&f->slots, "field_patch", "{\"spec\":{\"template\":{\"spec\":{\"securityContext\":{\"%s\":%s}}}}}",
                   field->key, text);
    else
        slots_setf(&f->slots, "field_patch", "{\"spec\":{\"%s\":%s}}", field->key, text);
    slots_set(&f->slots, "field_set", "true");
}
